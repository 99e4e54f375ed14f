package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"palestra/internal/servicestest"
)

// command runs one command of an installation.
func command(t *testing.T, env map[string]string, args ...string) (code int, out, errs string) {
	t.Helper()
	var flags []string
	for k, v := range env {
		flags = append(flags, "--"+strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(k, "PALESTRA_")), "_", "-")+"="+v)
	}
	return palestra(t, append(flags, args...)...)
}

// must runs a command that has to succeed.
func must(t *testing.T, env map[string]string, args ...string) string {
	t.Helper()
	code, out, errs := command(t, env, args...)
	if code != 0 {
		t.Fatalf("palestra %s: got %d %s%s", strings.Join(args, " "), code, out, errs)
	}
	return out
}

func TestAdminCommands(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		served bool
	}{{"while the server runs", true}, {"without a server", false}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			env := settings(t)
			url := "http://" + env["PALESTRA_ADDR"]
			var i *installation
			if c.served {
				i = start(t, env, "serve")
				st, err := os.Stat(filepath.Join(env["PALESTRA_DATA"], deskSocket))
				if err != nil || st.Mode().Perm() != 0o600 {
					t.Errorf("socket: got %v %v, want mode 600", st, err)
				}
			}
			must(t, env, "admin", "organisation", "create", "acme", "--name", "Acme", "--country", "IT", "--zone", "Europe/Rome", "--locale", "it")
			must(t, env, "admin", "organisation", "create", "plain")
			if out := must(t, env, "admin", "organisation", "list"); strings.Count(out, "\n") != 2 || !regexp.MustCompile(`(?m)^acme .*municipality +IT +Europe/Rome +it +Acme$`).MatchString(out) {
				t.Errorf("list: got %s", out)
			}
			if code, _, errs := command(t, env, "admin", "organisation", "create", "acme"); code != 1 || errs != "palestra: another organisation has this short name\n" {
				t.Errorf("twice: got %d %q", code, errs)
			}
			credential := strings.Fields(must(t, env, "admin", "lrs-credential", "--organisation", "acme", "--scope", "all", "--version", "2.0.0"))
			if len(credential) != 2 {
				t.Fatalf("credential: got %q, want a key and a secret", credential)
			}
			if out := must(t, env, "admin", "heat", "recount", "--organisation", "acme"); out != "0 videos are counted anew\n" {
				t.Errorf("figures of watching: %q", out)
			}
			if code, _, errs := command(t, env, "admin", "lrs-credential", "--organisation", "nowhere", "--scope", "all"); code != 1 || !strings.Contains(errs, `no organisation "nowhere"`) {
				t.Errorf("of nobody: got %d %q", code, errs)
			}
			if code, _, errs := command(t, env, "admin", "lrs-credential", "--organisation", "acme", "--scope", "everything"); code != 1 || !strings.Contains(errs, "scopes") {
				t.Errorf("of no scope: got %d %q", code, errs)
			}
			credentialKeys(t, env, credential[0])
			link := strings.TrimSpace(must(t, env, "admin", "operator", "link"))
			if !strings.HasPrefix(link, url+"/setup/") {
				t.Errorf("link: got %q, want one that makes the first operator", link)
			}
			if !c.served {
				i = start(t, env, "serve")
				link = strings.TrimSpace(must(t, env, "admin", "operator", "link"))
			}
			v := i.visitor(t)
			v.ask("POST", "/api/v1/setup/"+link[strings.LastIndex(link, "/")+1:], object{"name": "Olga", "email": "olga@example.org", "password": password, "locale": "en"})
			if !c.served {
				i.end(t)
			}
			if code, _, errs := command(t, env, "admin", "operator", "link"); code != 1 || !strings.Contains(errs, "--email") {
				t.Errorf("no first operator any more: got %d %q", code, errs)
			}
			if code, _, errs := command(t, env, "admin", "operator", "link", "--email", "ada@example.org"); code != 1 || !strings.Contains(errs, "no operator has this address") {
				t.Errorf("somebody else: got %d %q", code, errs)
			}
			link = strings.TrimSpace(must(t, env, "admin", "operator", "link", "--email", "Olga@example.org"))
			if !strings.HasPrefix(link, url+"/reset/") {
				t.Errorf("link: got %q, want one that sets a password", link)
			}
			if !c.served {
				i = start(t, env, "serve")
			}
			other := "seven pelicans on the roof"
			i.visitor(t).ask("POST", "/api/v1/password-resets/"+link[strings.LastIndex(link, "/")+1:], object{"password": other})
			i.visitor(t).ask("POST", "/api/v1/session", object{"email": "olga@example.org", "password": other})
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/xapi/statements", nil)
			if err != nil {
				t.Fatal(err)
			}
			req.SetBasicAuth(credential[0], credential[1])
			req.Header.Set("X-Experience-API-Version", "2.0.0")
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.StatusCode != http.StatusOK {
				t.Errorf("the credential: got %d", resp.StatusCode)
			}
		})
	}
}

func TestExportBackupRestore(t *testing.T) {
	t.Parallel()
	env := settings(t)
	dir := t.TempDir()
	i := start(t, env, "serve")
	people := story(t, i)

	kinds := map[string]string{"csv": "record_id,", "csv-excel": "\xef\xbb\xbf", "xlsx": "PK", "ledger": "PK"}
	export := func(kind string) []byte {
		t.Helper()
		name := filepath.Join(t.TempDir(), kind)
		must(t, env, "export", "--organisation", "castelverde", "--format", kind, "-o", name)
		b := read(t, name)
		if len(b) < 100 || !bytes.HasPrefix(b, []byte(kinds[kind])) {
			t.Errorf("%s: got %.40q", kind, b)
		}
		return b
	}
	for kind := range kinds {
		export(kind)
	}
	if out := must(t, env, "export", "--organisation", "castelverde"); !strings.Contains(out, "ada@castelverde.example") {
		t.Errorf("export on the standard output: got %q", out)
	}
	if code, _, errs := command(t, env, "export", "--organisation", "castelverde", "-o", write(t, "there", nil)); code != 1 || !strings.Contains(errs, "exists already") {
		t.Errorf("over a file: got %d %s", code, errs)
	}
	hot := filepath.Join(dir, "hot")
	if out := must(t, env, "backup", hot); !strings.Contains(out, "documents and") {
		t.Errorf("backup: got %s", out)
	}
	if st, err := os.Stat(hot); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("backup: got %v %v, want mode 600", st, err)
	}
	if out := must(t, env, "doctor"); strings.Contains(out, wrong) || !strings.Contains(out, "ledger of castelverde: 2 entries in order") || !strings.Contains(out, "objects of castelverde: everything") {
		t.Errorf("doctor: got %s", out)
	}
	if out := must(t, env, "health"); out != "ready\n" {
		t.Errorf("health: got %q", out)
	}
	i.end(t)
	if code, _, errs := command(t, env, "health"); code != 1 || !strings.Contains(errs, "no server answers") {
		t.Errorf("health of nobody: got %d %s", code, errs)
	}
	if _, err := os.Stat(filepath.Join(env["PALESTRA_DATA"], deskSocket)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket of a stopped server: got %v", err)
	}
	csv := export("csv")
	cold := filepath.Join(dir, "cold")
	must(t, env, "backup", cold)
	if code, _, errs := command(t, env, "restore", cold); code != 1 || !strings.Contains(errs, "empty installation only") {
		t.Errorf("restore over an installation: got %d %s", code, errs)
	}
	must(t, env, "doctor")

	fresh := maps.Clone(env)
	fresh["PALESTRA_DATA"] = filepath.Join(dir, "data")
	damaged := write(t, "damaged", bytes.Replace(read(t, cold), []byte("#EXTM3U"), []byte("#EXTM4U"), 1))
	if code, _, errs := command(t, fresh, "restore", damaged); code != 1 || !strings.Contains(errs, "was changed") {
		t.Errorf("a damaged backup: got %d %s", code, errs)
	}
	if _, err := os.Stat(fresh["PALESTRA_DATA"]); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a damaged backup left something: %v", err)
	}
	out := must(t, fresh, "restore", cold)
	var documents, objects, documents2, objects2 int
	fmt.Sscanf(out[strings.Index(out, "whole:"):], "whole: %d documents and %d objects", &documents, &objects)
	fmt.Sscanf(out[strings.Index(out, "compared:"):], "compared: %d documents and %d objects", &documents2, &objects2)
	if documents < 50 || objects < 5 || documents != documents2 || objects != objects2 {
		t.Errorf("restore: got %s", out)
	}
	must(t, fresh, "doctor")
	i = start(t, fresh, "serve")
	if strings.Contains(i.out.String(), "/setup/") {
		t.Error("a restored installation offers to make an operator")
	}
	// Sessions, records and films are what they were.
	if home := people["ada"].ask("GET", "/api/v1/home", nil); text(home, "latest", "code") == "" {
		t.Errorf("ada's certificate is gone: %v", home)
	}
	grace := people["grace"]
	video := list(grace.ask("GET", "/api/v1/videos", nil), "items")[0]
	status, captions := grace.raw("GET", "/api/v1/videos/"+text(video, "id")+"/captions/en", nil, nil)
	if text(video, "state") != "ready" || status != http.StatusOK || !strings.Contains(string(captions), "A list without names") {
		t.Errorf("the video: %v; its captions: %d %s", video, status, captions)
	}
	env = fresh
	if got := export("csv"); !bytes.Equal(columns(got), columns(csv)) {
		t.Errorf("export: got\n%s\nwant\n%s", got, csv)
	}
	i.end(t)

	// On to another folder, and a restore that died is not taken for an installation.
	next := maps.Clone(fresh)
	next["PALESTRA_DATA"] = filepath.Join(dir, "next")
	if out := must(t, fresh, "migrate", "--to", write(t, "to.env", []byte("# next\nPALESTRA_DATA="+next["PALESTRA_DATA"]+"\n"))); !strings.Contains(out, fmt.Sprintf("%d objects", objects)) {
		t.Errorf("migrate: got %s", out)
	}
	must(t, next, "doctor")
	if err := os.WriteFile(filepath.Join(next["PALESTRA_DATA"], restoring), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := command(t, next, "serve"); code != 2 || !strings.Contains(errs, "did not end") {
		t.Errorf("half restored: got %d %s", code, errs)
	}
}

// columns are the lines without the time of the export and what follows it.
func columns(csv []byte) []byte {
	return regexp.MustCompile(`(?m),[^,]*,[^,]*$`).ReplaceAll(csv, nil)
}

func TestFolderInUse(t *testing.T) {
	t.Parallel()
	env := settings(t)
	i := start(t, env, "serve")
	want := "palestra: PALESTRA_DATA: another process is using " + env["PALESTRA_DATA"] + "; stop it first, or name another folder\n"
	second := maps.Clone(env)
	second["PALESTRA_ADDR"] = freePort(t)
	for _, args := range [][]string{{"serve"}, {"restore", write(t, "backup", backupOf(t, env))}} {
		if code, errs := process(t, second, args...); code != 1 || !strings.HasSuffix(errs, want) {
			t.Errorf("%s beside a server: got %d %q, want %q", args[0], code, errs, want)
		}
	}
	if code, errs := process(t, env, "admin", "organisation", "list"); code != 0 {
		t.Errorf("a command in another process: got %d %s", code, errs)
	}
	// Without its socket it cannot be asked.
	if err := os.Remove(filepath.Join(i.env["PALESTRA_DATA"], deskSocket)); err != nil {
		t.Fatal(err)
	}
	if code, errs := process(t, env, "admin", "organisation", "list"); code != 1 || !strings.HasSuffix(errs, want) {
		t.Errorf("a command that reaches nobody: got %d %q, want %q", code, errs, want)
	}
}

func backupOf(t *testing.T, env map[string]string) []byte {
	t.Helper()
	name := filepath.Join(t.TempDir(), "backup")
	must(t, env, "backup", name)
	return read(t, name)
}

// process runs one command in a process of its own.
func process(t *testing.T, env map[string]string, args ...string) (code int, errs string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), "PALESTRA_TEST_PROCESS=1")
	for k, v := range env {
		cmd.Env = append(cmd.Env, k+"="+v)
	}
	var b bytes.Buffer
	cmd.Stderr = &b
	if err := cmd.Run(); cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), b.String()
}

// TestMain is the program itself in a process that a test has started.
func TestMain(m *testing.M) {
	if os.Getenv("PALESTRA_TEST_PROCESS") == "1" {
		main()
		return
	}
	os.Exit(m.Run())
}

func TestStaleSocket(t *testing.T) {
	t.Parallel()
	env := settings(t)
	if err := os.MkdirAll(env["PALESTRA_DATA"], 0o750); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(env["PALESTRA_DATA"], deskSocket)
	fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(syscall.Bind(fd, &syscall.SockaddrUnix{Name: path}), syscall.Close(fd)); err != nil {
		t.Fatal(err)
	}
	must(t, env, "admin", "organisation", "create", "acme")
	start(t, env, "serve")
	if out := must(t, env, "admin", "organisation", "list"); !strings.HasPrefix(out, "acme") {
		t.Errorf("got %q", out)
	}
}

func TestDoctorFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	env := settings(t)
	if out := must(t, env, "doctor"); !strings.Contains(out, "there is nothing in") {
		t.Errorf("of nothing: got %s", out)
	}
	if _, err := os.Stat(env["PALESTRA_DATA"]); !errors.Is(err, os.ErrNotExist) {
		t.Error("the doctor made a folder")
	}
	i := start(t, env, "serve")
	grace := i.town(t, i.operator(t), "acme", map[string]string{"grace": "author"})["grace"]
	grace.upload("film.mp4", film(t, 2))
	i.end(t)
	if err := os.Chmod(env["PALESTRA_KEYS"], 0o755); err != nil {
		t.Fatal(err)
	}
	code, out, _ := command(t, env, "doctor")
	if code != 1 || !strings.Contains(out, "WRONG  keys: others than the owner") {
		t.Errorf("open keys: got %d %s", code, out)
	}
	if err := os.Chmod(env["PALESTRA_KEYS"], 0o700); err != nil {
		t.Fatal(err)
	}
	gone, err := filepath.Glob(filepath.Join(env["PALESTRA_DATA"], "objects", "palestra", "v", "*", "*", "*", "*.m4s"))
	if err != nil || len(gone) == 0 {
		t.Fatalf("no segments: %v", err)
	}
	if err := os.Remove(gone[0]); err != nil {
		t.Fatal(err)
	}
	code, out, errs := command(t, env, "doctor")
	if code != 1 || !strings.Contains(out, "WRONG  objects of acme: 1 that videos need") || !strings.Contains(errs, "1 thing is wrong") {
		t.Errorf("a missing segment: got %d %s%s", code, out, errs)
	}
}

func TestTLS(t *testing.T) {
	t.Parallel()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	env := settings(t)
	env["PALESTRA_TLS_CERT"] = write(t, "cert.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	env["PALESTRA_TLS_KEY"] = write(t, "key.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))
	roots := x509.NewCertPool()
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots.AddCert(cert)
	ctx, stop := context.WithCancel(t.Context())
	out, done := &console2{}, make(chan int, 1)
	go func() {
		done <- run(ctx, []string{"serve", "--addr=" + env["PALESTRA_ADDR"], "--data=" + env["PALESTRA_DATA"], "--keys=" + env["PALESTRA_KEYS"],
			"--tls-cert=" + env["PALESTRA_TLS_CERT"], "--tls-key=" + env["PALESTRA_TLS_KEY"], "--log=warn"}, func(string) (string, bool) { return "", false }, console{out, out})
	}()
	client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, DisableKeepAlives: true}}
	var last error
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		resp, err := client.Get("https://" + env["PALESTRA_ADDR"] + "/readyz")
		if last = err; err == nil {
			resp.Body.Close()
			break
		}
	}
	if last != nil {
		t.Errorf("by HTTPS: %v", last)
	}
	if !strings.Contains(out.String(), "https://"+env["PALESTRA_ADDR"]) {
		t.Errorf("got %s, want the address with https", out)
	}
	stop()
	if code := <-done; code != 0 {
		t.Errorf("got %d: %s", code, out)
	}
}

// What was embedded goes to servers of every sort, and back.
func TestMoveToServersAndBack(t *testing.T) {
	t.Parallel()
	mongo, s3 := servicestest.Mongo(t), servicestest.Versitygw(t)
	env := settings(t)
	i := start(t, env, "serve")
	town := i.town(t, i.operator(t), "acme", map[string]string{"grace": "author"})
	town["grace"].course(town["grace"].upload("film.mp4", film(t, 2)))
	i.end(t)
	dir := t.TempDir()
	first := filepath.Join(dir, "first")
	must(t, env, "backup", first)

	away := maps.Clone(env)
	maps.Copy(away, map[string]string{"PALESTRA_DATA": filepath.Join(dir, "away"), "PALESTRA_MONGODB_URI": mongo.URI, "PALESTRA_S3_ENDPOINT": s3.Endpoint,
		"PALESTRA_S3_ACCESS_KEY": s3.AccessKey, "PALESTRA_S3_SECRET_KEY": s3.SecretKey, "PALESTRA_TEST_MONGODB_STANDALONE": fmt.Sprint(!mongo.Real)})
	must(t, away, "restore", first)
	if code, _, errs := command(t, away, "restore", first); code != 1 || !strings.Contains(errs, "empty installation only") {
		t.Errorf("restore over servers: got %d %s", code, errs)
	}
	if out := must(t, away, "doctor"); !strings.Contains(out, "objects of acme: everything") {
		t.Errorf("doctor: got %s", out)
	}
	back := maps.Clone(env)
	back["PALESTRA_DATA"] = filepath.Join(dir, "back")
	must(t, away, "migrate", "--to", write(t, "to.env", []byte("PALESTRA_DATA="+back["PALESTRA_DATA"])))
	must(t, back, "doctor")
	second := filepath.Join(dir, "second")
	must(t, back, "backup", second)
	_, was, err1 := checkBackup(t.Context(), first)
	_, is, err2 := checkBackup(t.Context(), second)
	if err := errors.Join(err1, err2); err != nil || was.Objects != is.Objects || was.ObjectsSum != is.ObjectsSum || was.Collections["videos"] != is.Collections["videos"] || was.Collections["courses"] != is.Collections["courses"] {
		t.Errorf("got %+v %v, want %+v", is, err, was)
	}
}

// credentialKeys has the command list credentials, give one a new secret and end one.
func credentialKeys(t *testing.T, env map[string]string, first string) {
	t.Helper()
	run := func(args ...string) string {
		t.Helper()
		return must(t, env, append([]string{"admin", "lrs-credential", "--organisation", "acme"}, args...)...)
	}
	key, secret, _ := strings.Cut(strings.TrimSpace(run("--scope", "state", "--scope", "profile", "--version", "1.0.3", "--name", "a supplier", "--expires", "2099-01-31", "--authority", "mailto:lrs@supplier.example")), " ")
	all := run("--list")
	for _, want := range []string{first, key, "1.0.3", "2099-02-01T00:00:00Z", "state,profile", "a supplier", "never"} {
		if !strings.Contains(all, want) {
			t.Errorf("list: got %q, want %s in it", all, want)
		}
	}
	if strings.Contains(all, secret) {
		t.Error("the list tells the secret")
	}
	if got := strings.Fields(run("--rotate", key)); len(got) != 2 || got[0] != key || got[1] == secret {
		t.Errorf("rotate: got %q", got)
	}
	run("--revoke", key)
	if all := run("--list"); strings.Contains(all, key) {
		t.Errorf("revoked: got %q", all)
	}
	for _, args := range [][]string{{"--rotate", key}, {"--revoke", "nothing"}, {}, {"--scope", "all", "--expires", "soon"}, {"--scope", "all", "--authority", "Ada"}, {"--scope", "all", "--authority", `{"name":"Ada"}`}, {"--scope", "all", "--expires", "2020-01-01"}} {
		if code, out, errs := command(t, env, append([]string{"admin", "lrs-credential", "--organisation", "acme"}, args...)...); code != 1 || errs == "" || out != "" {
			t.Errorf("%v: got %d %q %q", args, code, out, errs)
		}
	}
}
