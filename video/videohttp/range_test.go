package videohttp

import (
	"fmt"
	"strconv"
	"testing"
)

// Whatever a header says, the answer lies inside the object, and a header that a client would send is understood.
func FuzzParseRange(f *testing.F) {
	for _, s := range []string{"bytes=0-0", "bytes=5-", "bytes=-5", "bytes=-0", "bytes=9-5", "bytes=0-1,2-3", "items=0-1", "bytes=", "bytes=--1", "bytes=+1-2", "bytes=18446744073709551616-", "bytes= 1-2 "} {
		f.Add(s, int64(10))
	}
	f.Fuzz(func(t *testing.T, header string, size int64) {
		if size < 0 {
			return
		}
		start, length, ok, possible := parseRange(header, size)
		if ok && possible && (start < 0 || length <= 0 || start+length > size) {
			t.Fatalf("%q of %d bytes: %d+%d", header, size, start, length)
		}
		if size > 1 {
			if s, n, ok, possible := parseRange(fmt.Sprintf("bytes=%d-%d", size/2, size-1), size); !ok || !possible || s != size/2 || n != size-size/2 {
				t.Fatalf("half of %d bytes: %d+%d", size, s, n)
			}
		}
	})
}

func FuzzPartNumber(f *testing.F) {
	for _, s := range []string{"1", "0", "10000", "65536", "-1", "+1", "01", "1e3", "", "٣"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := partNumber(text)
		if (err == nil) != (strconv.Itoa(n) == text && n > 0) {
			t.Fatalf("%q: %d, %v", text, n, err)
		}
	})
}
