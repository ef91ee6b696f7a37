from nanotem.measurement import COLUMNS, Column


def test_every_column_has_a_label_and_one_sentence():
    for name, column in COLUMNS.items():
        assert column.label, name
        assert column.definition.endswith("."), name


def test_units_agree_with_names():
    units = {"_px": "px", "_nm": "nm", "_nm2": "nm²", "_deg": "°"}
    for name, column in COLUMNS.items():
        suffix = f"_{name.rpartition('_')[2]}"
        expected = "px²" if name == "area_px" else units.get(suffix, "")
        assert column.unit == expected, name


def test_a_title_shows_the_unit_where_there_is_one():
    assert COLUMNS["diameter_nm"].title == "Diameter (nm)"
    assert Column("Solidity", "", "A.").title == "Solidity"
