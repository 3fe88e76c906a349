from pathlib import Path

from bot.offline.files import open_folder
from bot.offline.local_change import related_headers
from bot.peps.number import PepNumber
from tests.rules.builders import change, modified, pep_text


def test_headers_of_related_peps_are_read_and_missing_ones_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "peps").mkdir()
    (tmp_path / "peps" / "pep-0700.rst").write_text(pep_text(700), encoding="utf-8")
    after = pep_text(695, **{"Superseded-By": "700, 701"})
    found = related_headers(change(modified(pep_text(695), after)), open_folder(tmp_path))
    assert set(found) == {PepNumber(700)}
    assert found[PepNumber(700)].number == 700
