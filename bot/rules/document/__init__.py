"""Rules on the text below the header: sections, markup, links, lines."""
