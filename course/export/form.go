package export

import (
	"fmt"
	"io"
	"iter"
)

// Form is one way to write rows.
type Form struct {
	MediaType string
	Extension string // of files, without the dot
	Write     func(w io.Writer, info Info, rows iter.Seq2[Row, error]) (int64, error)
	Followers func(w io.Writer, info Info, rows iter.Seq2[Follower, error]) (int64, error)
}

// Forms returns every form by the name that addresses and commands use.
func Forms() map[string]Form {
	return map[string]Form{
		"csv": {"text/csv; charset=utf-8; header=present", "csv", CSV, func(w io.Writer, info Info, rows iter.Seq2[Follower, error]) (int64, error) {
			return said(writeCSV(w, rfc4180(), followers(), info, rows))
		}},
		"csv-excel": {"text/csv; charset=utf-8; header=present", "csv", ExcelCSV, func(w io.Writer, info Info, rows iter.Seq2[Follower, error]) (int64, error) {
			return said(writeCSV(w, excelEU(), followers(), info, rows))
		}},
		"xlsx": {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx", XLSX, func(w io.Writer, info Info, rows iter.Seq2[Follower, error]) (int64, error) {
			return said(writeXLSX(w, followers(), info, rows, MaxSheetRows))
		}},
	}
}

// said says where it broke.
func said(n int64, err error) (int64, error) {
	if err != nil {
		return n, fmt.Errorf("export.Followers: %w", err)
	}
	return n, nil
}
