package export

import (
	"io"
	"iter"
)

// Form is one way to write rows.
type Form struct {
	MediaType string
	Extension string // of files, without the dot
	Write     func(w io.Writer, info Info, rows iter.Seq2[Row, error]) (int64, error)
}

// Forms returns every form by the name that addresses and commands use.
func Forms() map[string]Form {
	return map[string]Form{
		"csv":       {"text/csv; charset=utf-8; header=present", "csv", CSV},
		"csv-excel": {"text/csv; charset=utf-8; header=present", "csv", ExcelCSV},
		"xlsx":      {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx", XLSX},
	}
}
