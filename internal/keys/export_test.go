package keys

import "io"

// QuickBackup is Backup with an encryption that is cheap to guess at.
func QuickBackup(folder string, w io.Writer, passphrase string) error {
	return backup(folder, w, passphrase, 10)
}
