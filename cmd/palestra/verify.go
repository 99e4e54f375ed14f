package main

import (
	"bytes"
	"crypto/ed25519"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"palestra/course/ledger"
	"palestra/internal/keys"
)

// verifyCommand proves a ledger or an archive with nothing but public keys: it opens no data and no network.
type verifyCommand struct {
	PublicKey    []string `name:"public-key" required:"" sep:"none" placeholder:"FILE" help:"Public key (PEM; may hold several) from a source that you trust. Repeat for further files."`
	Head         []string `name:"head" sep:"none" placeholder:"FILE" help:"Head of the ledger that was saved earlier: shows whether entries were cut off or rewritten since. Repeatable."`
	Organisation string   `name:"organisation" placeholder:"ID" help:"Id of the organisation whose ledger it is to be."`
	Path         string   `arg:"" name:"path" help:"Ledger (ledger.ndjson) or archive (ZIP)."`
}

// Run prints one sentence for each finding and fails if there is one.
func (v *verifyCommand) Run(con console) error {
	trust, err := v.trust()
	if err != nil {
		return err
	}
	f, err := os.Open(v.Path)
	if err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	defer f.Close()
	report, archive, err := verifyFile(f, trust)
	if err != nil {
		return fmt.Errorf("verify %s: %w", v.Path, err)
	}
	for _, finding := range report.Findings {
		fmt.Fprintf(con.out, "WRONG (%s): %s.\n", finding.Kind, finding.Text)
	}
	if !report.OK() {
		return fmt.Errorf("%s is not in order; %d entries before the first finding are", v.Path, report.Count)
	}
	if report.Count == 0 {
		fmt.Fprintln(con.out, "OK: the ledger is empty.")
	} else {
		fmt.Fprintf(con.out, "OK: %d entries of organisation %s are as they were signed, in order and without a gap.\n", report.Count, report.Organisation)
		fmt.Fprintf(con.out, "The last one was written %s and has the hash %s.\n", report.Last.At.UTC().Format(time.RFC3339), report.Last.Hash)
	}
	if len(trust.Heads) == 0 {
		what := "the end of the ledger was cut off"
		if archive {
			what = "this is an older archive than it should be"
		}
		fmt.Fprintf(con.out, "No saved head was given (--head): whether %s, or a holder of the key rewrote it, cannot be told.\n", what)
	}
	return nil
}

func verifyFile(f *os.File, trust ledger.Trust) (report ledger.Report, archive bool, err error) {
	begin := make([]byte, 4)
	n, err := io.ReadFull(f, begin)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return ledger.Report{}, false, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return ledger.Report{}, false, err
	}
	if !ledger.IsArchive(begin[:n]) {
		report, err = ledger.Verify(f, trust)
		return report, false, err
	}
	st, err := f.Stat()
	if err != nil {
		return ledger.Report{}, true, err
	}
	report, err = ledger.VerifyArchive(f, st.Size(), trust)
	return report, true, err
}

func (v *verifyCommand) trust() (ledger.Trust, error) {
	trust := ledger.Trust{Keys: map[string]ed25519.PublicKey{}, Organisation: v.Organisation}
	for _, name := range v.PublicKey {
		b, err := os.ReadFile(name)
		if err != nil {
			return trust, fmt.Errorf("verify: %w", err)
		}
		if err := addPublicKeys(trust.Keys, b); err != nil {
			return trust, fmt.Errorf("verify: %s: %w", name, err)
		}
	}
	for _, name := range v.Head {
		b, err := os.ReadFile(name)
		if err != nil {
			return trust, fmt.Errorf("verify: %w", err)
		}
		h, err := ledger.ParseHead(b)
		if err != nil {
			return trust, fmt.Errorf("verify: %s is no head of a ledger: %w", name, err)
		}
		trust.Heads = append(trust.Heads, h)
	}
	return trust, nil
}

// addPublicKeys reads all public keys of a PEM file.
func addPublicKeys(to map[string]ed25519.PublicKey, b []byte) error {
	for n := 0; ; n++ {
		block, rest := pem.Decode(b)
		if block == nil {
			if n == 0 {
				return errors.New("this is not a PEM file")
			}
			return nil
		}
		if bytes.Contains([]byte(block.Type), []byte("PRIVATE")) {
			return errors.New("this is a private key, which should never leave its folder; `palestra keys public` prints the public one")
		}
		k, err := keys.ParsePublic(pem.EncodeToMemory(block))
		if err != nil {
			return err
		}
		to[keys.ID(k)] = k
		b = rest
	}
}
