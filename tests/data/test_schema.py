"""The declarations are whole, and every header that an ERP writes finds one column."""

import duckdb
import pytest

from data import schema
from data.warehouse.publishing import create_tables


def test_every_table_is_created_as_declared():
    con = duckdb.connect()
    create_tables(con)
    create_tables(con)  # and again: nothing changes
    for table in schema.TABLES:
        columns = [row[0] for row in con.execute(f"DESCRIBE {table.name}").fetchall()]
        assert tuple(columns) == table.column_names


def test_a_column_that_an_older_warehouse_lacks_is_added():
    con = duckdb.connect()
    con.execute("CREATE TABLE dim_channel (channel_id VARCHAR)")
    create_tables(con)
    assert [r[0] for r in con.execute("DESCRIBE dim_channel").fetchall()] == list(
        schema.table("dim_channel").column_names
    )


def test_keys_references_and_checks_name_real_columns():
    con = duckdb.connect()
    create_tables(con)
    for table in schema.TABLES:
        assert set(table.key) <= set(table.column_names), table.name
        for column in table.columns:
            assert column.meaning, f"{table.name}.{column.name}"
            assert column.references is None or column.references in schema.BY_NAME
        for check in table.checks:
            assert check.column in table.column_names
            con.execute(f"SELECT count(*) FROM {table.name} WHERE NOT ({check.sql})")


@pytest.mark.parametrize("spelling", ["应收帐款", "应收账款", "应受账款", "应受帐款", " 应收 账款 "])
def test_spellings_of_receivables_are_one(spelling):
    assert schema.normalise(spelling) == schema.normalise("应收账款")


def test_normalising_ignores_width_case_and_signs():
    assert schema.normalise("Order_ID") == schema.normalise("ＯＲＤＥＲ　ｉｄ") == "orderid"


def test_no_two_columns_of_a_table_share_a_name_for_headers():
    for table in schema.IMPORTABLE:
        seen: dict[str, str] = {}
        for column in table.importable:
            for name in {schema.normalise(n) for n in (column.name, *column.synonyms)}:
                if seen.get(name, column.name) != column.name:
                    # the column's own name wins over another's synonym
                    assert name in {schema.normalise(c.name) for c in table.columns}, f"{table.name}: {name}"
                seen.setdefault(name, column.name)
