package export

import (
	"fmt"
	"io"
	"iter"
	"time"
)

// Head is a column of a table that another room writes.
type Head struct {
	Name string
	Type Type
}

// Value is a cell of such a table. Which one fits follows from the column's type.
type Value struct{ cell }

// Words is a cell of a Text column.
func Words(s string) Value { return Value{text(s)} }

// Value is a cell of a Date column.
func (d Day) Value() Value { return Value{cell{empty: d == "", text: string(d)}} }

// Whole is a cell of an Integer column.
func Whole(n int64) Value { return Value{cell{n: n}} }

// Hundredths is a cell of a Decimal column.
func Hundredths(n int64) Value { return Value{cell{n: n}} }

// At is a cell of an Instant column; the zero time is an empty one.
func At(t time.Time, i Info) Value { return Value{instant(t, &i)} }

// Yes is a cell of a Flag column.
func Yes(is bool) Value { return Value{yesNo(is)} }

// Nothing is an empty cell of any column.
func Nothing() Value { return Value{cell{empty: true}} }

// Tabulate writes a table of another room in one of the Forms: format names its columns, which stay as they are.
func Tabulate(w io.Writer, form, format, sheet string, heads []Head, info Info, rows iter.Seq2[[]Value, error]) (int64, error) {
	t := table[[]Value]{format: format, sheet: sheet, check: func(row *[]Value) error {
		if len(*row) != len(heads) {
			return fmt.Errorf("a row has %d cells, and there are %d columns", len(*row), len(heads))
		}
		return nil
	}}
	for i, h := range heads {
		t.columns = append(t.columns, Column[[]Value]{h.Name, h.Type, func(row *[]Value, _ *Info) cell { return (*row)[i].cell }})
	}
	switch form {
	case "csv":
		return said(writeCSV(w, rfc4180(), t, info, rows))
	case "csv-excel":
		return said(writeCSV(w, excelEU(), t, info, rows))
	case "xlsx":
		return said(writeXLSX(w, t, info, rows, MaxSheetRows))
	}
	return 0, fmt.Errorf("export.Tabulate: no form %q", form)
}
