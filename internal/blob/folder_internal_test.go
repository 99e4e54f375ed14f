package blob

import (
	"strings"
	"testing"

	"github.com/versity/versitygw/backend"
)

// Where the parts of an object begin is kept in one attribute of its file. With everything else it has to fit into the 4 KiB that ext4 has
// for all of them; an object of too many parts could never be completed.
func TestWherePartsBeginFitsIntoAnAttribute(t *testing.T) {
	t.Parallel()
	const most = 3 << 10 // the rest is for type, checksum and owner
	for _, size := range []int64{MinPart, 8 << 20, 32 << 20, 1<<30 + 1} {
		m := backend.MpUploadMetadata{UploadID: strings.Repeat("0123456789abcdef", 3)}
		for n := range int64(folderParts) {
			m.Parts = append(m.Parts, (n+1)*size)
		}
		b, err := backend.MarshalMpUploadMetadata(m, false)
		if err != nil || len(b) > most {
			t.Errorf("%d parts of %d bytes take %d bytes, %v", folderParts, size, len(b), err)
		}
	}
}
