"""Rules on the text below a PEP's header: sections, markup, links and lines. No other code."""
