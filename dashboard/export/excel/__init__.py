"""Parts of a workbook: sheets of findings, native charts, forms on paper."""
