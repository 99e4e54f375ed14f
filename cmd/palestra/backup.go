package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"palestra/internal/backup"
	"palestra/internal/config"
)

// restoring is a file in the data folder while a restore is under way: what lies beside it is not whole.
const restoring = "restore-unfinished"

type backupCommand struct {
	File string `arg:"" name:"file" help:"File to write, which must not exist; - is the standard output."`
}

// Run writes the backup, checks it, and says what is in it.
func (c *backupCommand) Run(ctx context.Context, cfg *config.Config, con console) error {
	if err := writeFile(c.File, con, func(w io.Writer) error { return ask(ctx, cfg, con, "backup", c, w) }); err != nil {
		return err
	}
	if c.File != "-" {
		_, m, err := checkBackup(ctx, c.File)
		if err != nil {
			return err
		}
		fmt.Fprintf(con.out, "%s holds %d documents and %d objects of %s.\n", c.File, m.Documents, m.Objects, bytesText(m.Bytes))
	}
	fmt.Fprintln(con.err, "The signing keys are not in it: keep a copy of them elsewhere (palestra keys backup).")
	return nil
}

func (a *app) backup(ctx context.Context, _ backupCommand, w io.Writer) error {
	_, err := backup.Write(ctx, w, a.db, a.objects, a.now(), version)
	return err
}

func checkBackup(ctx context.Context, name string) (backup.Head, backup.Manifest, error) {
	f, err := os.Open(name)
	if err != nil {
		return backup.Head{}, backup.Manifest{}, err
	}
	defer f.Close()
	h, m, err := backup.Check(ctx, f)
	if err != nil {
		return h, m, fmt.Errorf("%s: %w", name, err)
	}
	return h, m, nil
}

type restoreCommand struct {
	Check bool   `name:"check" help:"Only read the backup and compare it with its digests."`
	File  string `arg:"" name:"file" help:"Backup to read; - is the standard input."`
}

// Run restores into an empty installation. A file is checked as a whole first, so that a damaged one changes nothing.
func (c *restoreCommand) Run(ctx context.Context, cfg *config.Config, con console) error {
	var in io.Reader = os.Stdin
	if c.File != "-" {
		head, m, err := checkBackup(ctx, c.File)
		if err != nil {
			return err
		}
		fmt.Fprintf(con.out, "%s is whole: %d documents and %d objects of %s, made %s by version %s.\n",
			c.File, m.Documents, m.Objects, bytesText(m.Bytes), head.Made.Format(time.RFC3339), head.Version)
		if c.Check {
			return nil
		}
		f, err := os.Open(c.File)
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
	} else if c.Check {
		head, m, err := backup.Check(ctx, in)
		if err == nil {
			fmt.Fprintf(con.out, "It is whole: %d documents and %d objects, made %s.\n", m.Documents, m.Objects, head.Made.Format(time.RFC3339))
		}
		return err
	}
	m, err := restoreInto(ctx, cfg, con, in)
	if err != nil {
		return err
	}
	fmt.Fprintf(con.out, "Restored and compared: %d documents and %d objects.\n", m.Documents, m.Objects)
	if _, err := openKeys(cfg); err != nil {
		fmt.Fprintf(con.out, "Before the first start, put the signing keys back into %s (palestra keys restore): else new ones are made, which cannot verify the old ledgers.\n", cfg.Keys)
	}
	return nil
}

// restoreInto puts a backup into the empty installation of the settings.
func restoreInto(ctx context.Context, cfg *config.Config, con console, in io.Reader) (m backup.Manifest, err error) {
	marker := filepath.Join(cfg.Data, restoring)
	if err := unfinished(cfg); err != nil {
		return m, err
	}
	a := &app{cfg: cfg, log: logger(cfg.Log, con.err), now: time.Now}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := a.openStore(ctx); err != nil {
		return m, err
	}
	if err := a.openObjects(ctx); err != nil {
		return m, err
	}
	if err := os.MkdirAll(cfg.Data, 0o750); err != nil {
		return m, err
	}
	if err := os.WriteFile(marker, []byte("A restore began here and did not end. Empty this installation and restore again.\n"), 0o600); err != nil {
		return m, err
	}
	_, m, err = backup.Restore(ctx, in, a.db, a.objects)
	if err == nil || errors.Is(err, backup.ErrTaken) { // whole, or untouched
		err = errors.Join(err, os.Remove(marker))
	}
	return m, err
}

// unfinished refuses data that a restore has left half.
func unfinished(cfg *config.Config) error {
	if _, err := os.Stat(filepath.Join(cfg.Data, restoring)); err == nil {
		return &config.Wrong{Env: "PALESTRA_DATA", Want: "a restore into " + cfg.Data + " did not end, so what is there is not whole: empty it (and the servers it names) and restore again"}
	}
	return nil
}

type migrateCommand struct {
	To string `name:"to" required:"" type:"existingfile" placeholder:"FILE" help:"File with the settings of the new, empty installation, one PALESTRA_KEY=VALUE per line (PALESTRA_DATA, PALESTRA_MONGODB_URI, PALESTRA_S3_*)."`
}

// Run copies all documents and objects of this installation, which must not run, into another one.
func (c *migrateCommand) Run(ctx context.Context, cfg *config.Config, con console) (err error) {
	target, err := targetOf(cfg, c.To)
	if err != nil {
		return fmt.Errorf("%s: %w", c.To, err)
	}
	if target.Data == cfg.Data && target.MongoDBURI == cfg.MongoDBURI && target.S3Endpoint == cfg.S3Endpoint && target.S3Bucket == cfg.S3Bucket {
		return fmt.Errorf("%s names the same installation", c.To)
	}
	if err := unfinished(cfg); err != nil {
		return err
	}
	a := &app{cfg: cfg, log: logger(cfg.Log, con.err), now: time.Now}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := a.openStore(ctx); err != nil {
		return err
	}
	if err := a.openObjects(ctx); err != nil {
		return err
	}
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() {
		_, err := backup.Write(ctx, w, a.db, a.objects, a.now(), version)
		w.CloseWithError(err)
		done <- err
	}()
	m, err := restoreInto(ctx, target, con, r)
	r.CloseWithError(err)
	if werr := <-done; err == nil {
		err = werr
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(con.out, "Copied and compared: %d documents and %d objects. The keys in %s stay what they are.\n", m.Documents, m.Objects, cfg.Keys)
	return nil
}

func bytesText(n int64) string {
	const unit = 1000
	f, names := float64(n), []string{"bytes", "kB", "MB", "GB", "TB"}
	for f >= unit && len(names) > 1 {
		f, names = f/unit, names[1:]
	}
	if names[0] == "bytes" {
		return fmt.Sprintf("%d bytes", n)
	}
	return fmt.Sprintf("%.1f %s", f, names[0])
}
