from __future__ import annotations

from pathlib import Path

import pytest

from mediacheck.calibration import Calibration
from mediacheck.errors import CalibrationRefused

TWO_TABLES = """
id = "trial"
[sound]
least_muted_s = 0.8  # as heard
[sync]
uneven_s = 0.2
innocent_s = 0.35
"""


def load(folder: Path, content: str) -> Calibration:
    path = folder / "trial.toml"
    path.write_text(content, encoding="utf-8")
    return Calibration.load(path)


def test_the_shipped_calibration_has_a_name_and_numbers() -> None:
    shipped = Calibration.load()
    assert shipped.id
    assert len(shipped.digest) == 64
    assert all(isinstance(v, float) for table in shipped.tables.values() for v in table.values())
    assert shipped.record().id == shipped.id


def test_limits_are_those_of_one_table(tmp_path: Path) -> None:
    found = load(tmp_path, TWO_TABLES).limits("sync", ("innocent_s", "uneven_s"))
    assert dict(found) == {"uneven_s": 0.2, "innocent_s": 0.35}


def test_a_check_without_limits_needs_no_table(tmp_path: Path) -> None:
    assert load(tmp_path, TWO_TABLES).limits("container", ()) == {}


def refusal(folder: Path, content: str) -> str:
    with pytest.raises(CalibrationRefused) as refused:
        load(folder, content).limits("sync", ("uneven_s", "innocent_s"))
    message = str(refused.value)
    assert "\n" not in message
    assert "trial" in message
    return message


@pytest.mark.parametrize("digits", [400, 5000])
def test_a_number_beyond_all_numbers_is_refused(tmp_path: Path, digits: int) -> None:
    endless = TWO_TABLES.replace("0.35", "9" * digits)
    assert "trial.toml: " in refusal(tmp_path, endless)


def test_tables_nested_without_end_are_refused(tmp_path: Path) -> None:
    deep = f"a = {'[' * 5000}"
    assert "cannot be read as a calibration" in refusal(tmp_path, deep)


def test_a_missing_limit_is_named(tmp_path: Path) -> None:
    assert "sync.uneven_s is missing" in refusal(tmp_path, TWO_TABLES.replace("uneven_s = 0.2", ""))
    assert "sync.innocent_s is missing" in refusal(tmp_path, 'id = "trial"')


def test_a_limit_that_nobody_asks_for_is_named(tmp_path: Path) -> None:
    assert "sync.unevn_s" in refusal(tmp_path, TWO_TABLES + "unevn_s = 0.2")


def test_a_misspelt_limit_is_named_with_its_file_and_what_it_should_be(tmp_path: Path) -> None:
    said = refusal(tmp_path, TWO_TABLES.replace("uneven_s", "unevn_s"))
    assert said.startswith("trial.toml: nothing asks for sync.unevn_s and sync.uneven_s is missing")
    assert "mediacheck checks --limits" in said


def test_only_a_level_may_be_negative(tmp_path: Path) -> None:
    negative = TWO_TABLES.replace("0.35", "-0.35")
    assert "trial.toml: sync.innocent_s is negative" in refusal(tmp_path, negative)
    level = load(tmp_path, "id = 'trial'\n[timeline]\nsilence_db = -65.0")
    assert level.tables["timeline"]["silence_db"] == -65.0


def test_a_table_that_nobody_asks_for_is_named(tmp_path: Path) -> None:
    trial = load(tmp_path, TWO_TABLES)
    trial.refuse_tables_but({"sound", "sync", "pitch"})
    with pytest.raises(CalibrationRefused, match=r"trial\.toml: nothing asks for \[sound\]"):
        trial.refuse_tables_but({"sync"})


@pytest.mark.parametrize("value", ['"0.2"', "true", "[0.2]", "2026-01-01", "nan", "inf", "-inf"])
def test_what_is_no_number_is_named(tmp_path: Path, value: str) -> None:
    content = TWO_TABLES.replace("uneven_s = 0.2", f"uneven_s = {value}")
    assert "sync.uneven_s is no number" in refusal(tmp_path, content)


def test_a_limit_outside_a_table_is_named(tmp_path: Path) -> None:
    content = 'id = "trial"\nuneven_s = 0.2'
    assert "uneven_s is no table" in refusal(tmp_path, content)


@pytest.mark.parametrize("line", ["", "id = 7", 'id = ""'])
def test_a_calibration_without_a_name_is_refused(tmp_path: Path, line: str) -> None:
    assert "no id" in refusal(tmp_path, TWO_TABLES.replace('id = "trial"', line))


@pytest.mark.parametrize("content", ["not toml", "[sync", 'id = "trial"\nid = "again"'])
def test_what_is_no_toml_is_refused(tmp_path: Path, content: str) -> None:
    assert "cannot be read as a calibration" in refusal(tmp_path, content)


def test_a_file_that_is_missing_or_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CalibrationRefused, match=r"^absent\.toml: .*cannot be read"):
        Calibration.load(tmp_path / "absent.toml")
    (tmp_path / "film.toml").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(CalibrationRefused, match=r"^film\.toml: .*cannot be read"):
        Calibration.load(tmp_path / "film.toml")


def test_the_digest_is_of_names_and_values(tmp_path: Path) -> None:
    digest = load(tmp_path, TWO_TABLES).digest
    reordered = """
    id = "another name"
    [sync]
    innocent_s = 0.350  # not below 0.3
    uneven_s = 2e-1
    [sound]
    least_muted_s = 0.8
    """
    assert load(tmp_path, reordered).digest == digest
    assert load(tmp_path, TWO_TABLES.replace("0.35", "0.36")).digest != digest
    assert load(tmp_path, TWO_TABLES.replace("[sync]", "[pitch]")).digest != digest
    assert load(tmp_path, TWO_TABLES.replace("uneven_s", "even_s")).digest != digest
