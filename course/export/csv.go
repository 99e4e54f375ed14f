package export

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"time"

	"palestra/internal/csvcell"
)

// dialect is what distinguishes one CSV from another.
type dialect struct {
	begin     string // before the header
	separator byte
	decimal   byte
	instant   string // layout
	most      int    // characters of a cell; 0: no limit
}

func rfc4180() dialect { return dialect{separator: ',', decimal: '.', instant: time.RFC3339} }

func excelEU() dialect {
	return dialect{begin: "\ufeff", separator: ';', decimal: ',', instant: time.DateTime, most: maxCell}
}

// maxCell is how many characters Excel keeps of a cell.
const maxCell = 32_767

// CSV writes the rows by RFC 4180: UTF-8, commas, CRLF, decimal points, dates and times by ISO 8601 with the offset of the
// organisation's zone. It returns how many rows it wrote. The first error of the rows or of w ends it.
func CSV(w io.Writer, info Info, rows iter.Seq2[Row, error]) (int64, error) {
	n, err := writeCSV(w, rfc4180(), completions(), info, rows)
	if err != nil {
		return n, fmt.Errorf("export.CSV: %w", err)
	}
	return n, nil
}

// ExcelCSV writes the rows as the Excel of most European countries opens them by a double click: with a byte order mark,
// semicolons, decimal commas, dates and times that Excel knows in every language. Otherwise as CSV.
func ExcelCSV(w io.Writer, info Info, rows iter.Seq2[Row, error]) (int64, error) {
	n, err := writeCSV(w, excelEU(), completions(), info, rows)
	if err != nil {
		return n, fmt.Errorf("export.ExcelCSV: %w", err)
	}
	return n, nil
}

func writeCSV[R any](w io.Writer, d dialect, t table[R], info Info, rows iter.Seq2[R, error]) (n int64, err error) {
	if err := info.check(); err != nil {
		return 0, err
	}
	out := bufio.NewWriterSize(w, 64<<10)
	line := []byte(d.begin) // reused
	for i, c := range t.columns {
		line = d.next(line, i)
		line = append(line, c.Name...)
	}
	line = append(line, '\r', '\n')
	if _, err := out.Write(line); err != nil {
		return 0, err
	}
	for row, err := range rows {
		if err == nil {
			err = t.check(&row)
		}
		if err != nil {
			return n, err // what is in the buffer stays unwritten: a file that ends within a line shows that it is not whole
		}
		line = line[:0]
		for i, c := range t.columns {
			line = d.cell(d.next(line, i), c.Type, c.cell(&row, &info))
		}
		line = append(line, '\r', '\n')
		if _, err := out.Write(line); err != nil {
			return n, err
		}
		n++
	}
	return n, out.Flush()
}

func (d dialect) next(line []byte, i int) []byte {
	if i > 0 {
		line = append(line, d.separator)
	}
	return line
}

func (d dialect) cell(line []byte, t Type, c cell) []byte {
	if c.empty {
		return line
	}
	switch t {
	case Integer:
		return strconv.AppendInt(line, c.n, 10)
	case Decimal:
		line = strconv.AppendInt(line, c.n/100, 10)
		return append(line, d.decimal, byte('0'+c.n/10%10), byte('0'+c.n%10))
	case Date:
		return append(line, c.text...)
	case Instant:
		return c.at.AppendFormat(line, d.instant)
	case Flag:
		if c.n == 1 {
			return append(line, "yes"...)
		}
		return append(line, "no"...)
	case List:
		return csvcell.Append(line, joined(c.list, d.most))
	default:
		return csvcell.Append(line, csvcell.Defuse(csvcell.Clean(c.text)))
	}
}

// joined returns the ids with one space between them. What would not fit into most characters is left out whole and
// counted at the end ("+12"): a list that silently ends would be false evidence. 0: no limit.
func joined(list []string, most int) string {
	if most == 0 {
		return csvcell.Defuse(csvcell.Clean(strings.Join(list, " ")))
	}
	var b strings.Builder
	const room = 12 // for the count
	for i, id := range list {
		if b.Len()+1+len(id)+room > most {
			fmt.Fprintf(&b, " +%d", len(list)-i)
			break
		}
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(id)
	}
	return csvcell.Defuse(csvcell.Clean(b.String()))
}
