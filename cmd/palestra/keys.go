package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"palestra/internal/config"
	"palestra/internal/keys"
)

// keysCommand looks after the signing keys of an installation.
type keysCommand struct {
	List    keysList    `cmd:"" help:"List the keys; the current one signs, all verify."`
	Public  keysPublic  `cmd:"" help:"Print public keys (PEM) to give to whoever verifies."`
	Rotate  keysRotate  `cmd:"" help:"Make a new key that signs from now on; old ones go on verifying."`
	Backup  keysBackup  `cmd:"" help:"Copy all keys into a file, encrypted with a passphrase (age format)."`
	Restore keysRestore `cmd:"" help:"Put the keys of a backup into the empty folder of keys."`
}

func openKeys(cfg *config.Config) (*keys.Ring, error) {
	r, err := keys.OpenExisting(cfg.Keys)
	if errors.Is(err, keys.ErrNoKeys) {
		return nil, fmt.Errorf("there are no keys in %s (PALESTRA_KEYS); `palestra serve` makes them at its first start", cfg.Keys)
	}
	return r, err
}

type keysList struct{}

// Run prints one key per line, the current one first.
func (keysList) Run(cfg *config.Config, con console) error {
	r, err := openKeys(cfg)
	if err != nil {
		return err
	}
	for _, id := range r.IDs() {
		what := "verifies"
		if id == r.Current() {
			what = "signs and verifies"
		}
		fmt.Fprintln(con.out, id, what)
	}
	return nil
}

type keysPublic struct {
	IDs []string `arg:"" optional:"" name:"id" help:"Ids of keys; default: all."`
}

// Run prints the keys, each behind its id.
func (c keysPublic) Run(cfg *config.Config, con console) error {
	r, err := openKeys(cfg)
	if err != nil {
		return err
	}
	ids := c.IDs
	if len(ids) == 0 {
		ids = r.IDs()
	}
	public := r.Public()
	for _, id := range ids {
		k, ok := public[id]
		if !ok {
			return fmt.Errorf("there is no key %s; `palestra keys list` names them", id)
		}
		fmt.Fprintf(con.out, "key %s\n%s", id, keys.EncodePublic(k))
	}
	return nil
}

type keysRotate struct{}

// Run makes a new key.
func (keysRotate) Run(cfg *config.Config, con console) error {
	r, err := openKeys(cfg)
	if err != nil {
		return err
	}
	old := r.Current()
	if err := r.Rotate(); err != nil {
		return err
	}
	fmt.Fprintf(con.out, "%s signs from now on instead of %s, which goes on verifying.\n", r.Current(), old)
	fmt.Fprintln(con.out, "Start the running server and workers anew, back the keys up (`palestra keys backup`) and give the new public key to whoever verifies (`palestra keys public`).")
	return nil
}

type keysBackup struct {
	PassphraseFile string `name:"passphrase-file" placeholder:"FILE" help:"File whose first line is the passphrase; - reads it from the standard input."`
	Plain          bool   `name:"plain" help:"Do not encrypt."`
	File           string `arg:"" name:"file" help:"File to write; must not exist."`
}

// Run writes the file, readable to its owner only.
func (c keysBackup) Run(cfg *config.Config, con console) error {
	if c.Plain == (c.PassphraseFile != "") {
		return errors.New("say either --passphrase-file FILE, or --plain to write keys that anyone can use who gets the file")
	}
	passphrase, err := readPassphrase(c.PassphraseFile)
	if err != nil {
		return err
	}
	r, err := openKeys(cfg)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(c.File, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("keys backup: %w", err)
	}
	err = errors.Join(keys.Backup(cfg.Keys, f, passphrase), f.Sync(), f.Close())
	if err != nil {
		return errors.Join(err, os.Remove(c.File))
	}
	fmt.Fprintf(con.out, "%d keys are in %s.\n", len(r.IDs()), filepath.Clean(c.File))
	if c.Plain {
		fmt.Fprintln(con.err, "WARNING: the file is not encrypted. Whoever reads it can sign completions in the name of your organisations. Keep it off-line and apart from the backup of the data.")
	} else {
		fmt.Fprintln(con.out, "Keep the passphrase somewhere else: without it the file is worthless.")
	}
	return nil
}

type keysRestore struct {
	PassphraseFile string `name:"passphrase-file" placeholder:"FILE" help:"File whose first line is the passphrase; - reads it from the standard input."`
	File           string `arg:"" name:"file" type:"existingfile" help:"Backup to read."`
}

// Run restores all keys or none.
func (c keysRestore) Run(cfg *config.Config, con console) error {
	passphrase, err := readPassphrase(c.PassphraseFile)
	if err != nil {
		return err
	}
	f, err := os.Open(c.File)
	if err != nil {
		return fmt.Errorf("keys restore: %w", err)
	}
	defer f.Close()
	in := bufio.NewReader(f)
	begin, _ := in.Peek(64) // a shorter file is refused below
	switch sealed := keys.Encrypted(begin); {
	case sealed && passphrase == "":
		return errors.New("the backup is encrypted: say --passphrase-file FILE")
	case !sealed && passphrase != "":
		return errors.New("the backup is not encrypted: leave --passphrase-file away")
	}
	r, err := keys.Restore(cfg.Keys, in, passphrase)
	if err != nil {
		return err
	}
	fmt.Fprintf(con.out, "%d keys are in %s; %s signs.\n", len(r.IDs()), cfg.Keys, r.Current())
	return nil
}

// readPassphrase returns the first line of a file, or "" if none is named.
func readPassphrase(name string) (string, error) {
	if name == "" {
		return "", nil
	}
	var b []byte
	var err error
	if name == "-" {
		b, err = io.ReadAll(io.LimitReader(os.Stdin, 4<<10))
	} else {
		b, err = os.ReadFile(name)
	}
	if err != nil {
		return "", fmt.Errorf("passphrase: %w", err)
	}
	line, _, _ := strings.Cut(string(b), "\n")
	line = strings.TrimSuffix(line, "\r")
	const least = 12
	if len([]rune(line)) < least {
		return "", fmt.Errorf("a passphrase has at least %d characters", least)
	}
	return line, nil
}
