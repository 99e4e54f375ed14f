// Package config reads how an installation is run: from flags, from the environment and, for secrets, from files.
//
// Everything has a default, so that an empty environment is a working installation: what is not set is embedded. A
// wrong value stops the start with one sentence that names its key. docs/operations.md lists every key; a test compares.
package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"palestra/internal/outward"
)

// Config is how this installation is run. Each field's `env` is the environment variable; its flag is the same in
// lower case without the prefix. Fields marked secret are never logged and may be given as a file in KEY_FILE.
type Config struct {
	Addr           string `name:"addr" env:"PALESTRA_ADDR" default:"127.0.0.1:8080" help:"Address to listen on."`
	Data           string `name:"data" env:"PALESTRA_DATA" default:"./data" help:"Folder of the embedded documents, objects, queue and mails."`
	Keys           string `name:"keys" env:"PALESTRA_KEYS" default:"./keys" help:"Folder of the signing keys; kept apart from the data."`
	PublicURL      string `name:"public-url" env:"PALESTRA_PUBLIC_URL" default:"" help:"Address under which browsers reach the installation; default: http(s)://ADDR."`
	TLSCert        string `name:"tls-cert" env:"PALESTRA_TLS_CERT" default:"" help:"File with the TLS certificate chain (PEM)."`
	TLSKey         string `name:"tls-key" env:"PALESTRA_TLS_KEY" default:"" help:"File with the TLS key (PEM)."`
	TrustedProxies string `name:"trusted-proxies" env:"PALESTRA_TRUSTED_PROXIES" default:"" help:"Addresses or networks of reverse proxies whose X-Forwarded-* headers are believed, separated by commas."`
	MongoDBURI     string `name:"mongodb-uri" env:"PALESTRA_MONGODB_URI" default:"" secret:"" help:"MongoDB replica set for the documents; unset: embedded."`
	RedisURL       string `name:"redis-url" env:"PALESTRA_REDIS_URL" default:"" secret:"" help:"Redis for the queue; unset: embedded."`
	S3Endpoint     string `name:"s3-endpoint" env:"PALESTRA_S3_ENDPOINT" default:"" help:"S3 store for the objects, as a URL; unset: embedded."`
	S3AccessKey    string `name:"s3-access-key" env:"PALESTRA_S3_ACCESS_KEY" default:"" secret:"" help:"Access key of the S3 store."`
	S3SecretKey    string `name:"s3-secret-key" env:"PALESTRA_S3_SECRET_KEY" default:"" secret:"" help:"Secret key of the S3 store."`
	S3Bucket       string `name:"s3-bucket" env:"PALESTRA_S3_BUCKET" default:"palestra" help:"Bucket of the S3 store."`
	S3Region       string `name:"s3-region" env:"PALESTRA_S3_REGION" default:"us-east-1" help:"Region of the S3 store."`
	S3PublicURL    string `name:"s3-public-url" env:"PALESTRA_S3_PUBLIC_URL" default:"" help:"Address under which browsers reach the S3 store themselves; unset: bytes go through the server."`
	SMTPURL        string `name:"smtp-url" env:"PALESTRA_SMTP_URL" default:"" secret:"" help:"smtp(s)://user:password@host:port for e-mail; unset: a folder and a page for the operator."`
	MailFrom       string `name:"mail-from" env:"PALESTRA_MAIL_FROM" default:"palestra@localhost" help:"Sender of e-mail."`
	Standalone     bool   `name:"test-mongodb-standalone" env:"PALESTRA_TEST_MONGODB_STANDALONE" default:"false" hidden:"" help:"For tests of the wire protocol: accept a MongoDB server without transactions."`
	LRSStatement   int    `name:"lrs-max-statement" env:"PALESTRA_LRS_MAX_STATEMENT" default:"1048576" help:"Bytes of one xAPI statement."`
	LRSBatch       int    `name:"lrs-max-batch" env:"PALESTRA_LRS_MAX_BATCH" default:"1000" help:"xAPI statements of one request."`
	LRSBody        int    `name:"lrs-max-body" env:"PALESTRA_LRS_MAX_BODY" default:"8388608" help:"Bytes of one xAPI request, attachments included."`
	LRSAttachments int    `name:"lrs-max-attachments" env:"PALESTRA_LRS_MAX_ATTACHMENTS" default:"1000" help:"Attachments of one xAPI request."`
	LRSDepth       int    `name:"lrs-max-depth" env:"PALESTRA_LRS_MAX_DEPTH" default:"64" help:"Levels of objects and arrays in an xAPI statement."`
	LRSDocument    int    `name:"lrs-max-document" env:"PALESTRA_LRS_MAX_DOCUMENT" default:"4194304" help:"Bytes of one xAPI state or profile document."`
	LRSPage        int    `name:"lrs-max-page" env:"PALESTRA_LRS_MAX_PAGE" default:"500" help:"xAPI statements of one page of an answer."`
	LRSQuery       int    `name:"lrs-max-query" env:"PALESTRA_LRS_MAX_QUERY" default:"12288" help:"Bytes of the parameters in an address of xAPI."`
	LRSHosts       string `name:"lrs-hosts" env:"PALESTRA_LRS_HOSTS" default:"" help:"Hosts and networks in private address ranges that record stores may be forwarded to and fetched from, separated by commas."`
	VideoHosts     string `name:"video-hosts" env:"PALESTRA_VIDEO_HOSTS" default:"" help:"Hosts from which the server may fetch videos by their address, separated by commas; * for all of the open internet; unset: it fetches none."`
	JitsiURL       string `name:"jitsi-url" env:"PALESTRA_JITSI_URL" default:"" help:"Jitsi Meet server to which sessions without a link of their own lead for sound and picture."`
	JitsiApp       string `name:"jitsi-app" env:"PALESTRA_JITSI_APP" default:"" help:"Application id of its tokens."`
	JitsiSecret    string `name:"jitsi-secret" env:"PALESTRA_JITSI_SECRET" default:"" secret:"" help:"Secret of its tokens; unset: rooms whose names nobody guesses."`
	BBBURL         string `name:"bbb-url" env:"PALESTRA_BBB_URL" default:"" help:"API of a BigBlueButton server, as https://bbb.example.org/bigbluebutton/api."`
	BBBSecret      string `name:"bbb-secret" env:"PALESTRA_BBB_SECRET" default:"" secret:"" help:"Its secret."`
	LiveKitURL     string `name:"livekit-url" env:"PALESTRA_LIVEKIT_URL" default:"" help:"LiveKit server, as wss://live.example.org."`
	LiveKitPage    string `name:"livekit-page" env:"PALESTRA_LIVEKIT_PAGE" default:"" help:"Page that joins it with liveKitUrl and token, as https://meet.example.org/custom."`
	LiveKitKey     string `name:"livekit-key" env:"PALESTRA_LIVEKIT_KEY" default:"" secret:"" help:"Its API key."`
	LiveKitSecret  string `name:"livekit-secret" env:"PALESTRA_LIVEKIT_SECRET" default:"" secret:"" help:"Secret of its API key."`
	LimitPerson    string `name:"limit-person" env:"PALESTRA_LIMIT_PERSON" default:"500/5000" help:"Requests of one person who is signed in: a second/at once, or off."`
	LimitAddress   string `name:"limit-address" env:"PALESTRA_LIMIT_ADDRESS" default:"500/5000" help:"Requests from one address of all who are not signed in: a second/at once, or off."`
	LimitXAPI      string `name:"limit-xapi" env:"PALESTRA_LIMIT_XAPI" default:"20000/40000" help:"Requests to the record store from one address: a second/at once, or off."`
	SpeechCommand  string `name:"speech-command" env:"PALESTRA_SPEECH_COMMAND" default:"" help:"Program that writes down what is said in videos, with {sound}, {lang} and {out} in its arguments; unset: none."`
	SpeechMemory   int    `name:"speech-memory" env:"PALESTRA_SPEECH_MEMORY" default:"8589934592" help:"Bytes of memory (address space) that this program may use."`
	SpeechSlowness int    `name:"speech-slowness" env:"PALESTRA_SPEECH_SLOWNESS" default:"10" help:"How many times the length of a video this program may take."`
	Log            string `name:"log" env:"PALESTRA_LOG" default:"info" help:"Log level (debug, info, warn, error), optionally with :json or :text."`
}

// Key describes one setting, for the documents and for messages.
type Key struct {
	Env     string
	Default string
	Help    string
	Secret  bool
}

// Wrong names the setting that stops the start and says what is expected of it.
type Wrong struct{ Env, Want string }

func (w *Wrong) Error() string { return w.Env + ": " + w.Want }

func wrong(env, format string, args ...any) error {
	return &Wrong{Env: env, Want: fmt.Sprintf(format, args...)}
}

// SecretFiles puts the contents of the files that KEY_FILE variables name into the environment lookups: it returns the
// value for each secret key that is given so. A key that is given both ways is refused.
func SecretFiles(lookup func(string) (string, bool)) (map[string]string, error) {
	found := map[string]string{}
	for _, k := range Keys() {
		if !k.Secret {
			continue
		}
		file, ok := lookup(k.Env + "_FILE")
		if !ok || file == "" {
			continue
		}
		if v, both := lookup(k.Env); both && v != "" {
			return nil, wrong(k.Env+"_FILE", "set it or %s, not both", k.Env)
		}
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, wrong(k.Env+"_FILE", "the file cannot be read (%v)", err)
		}
		found[k.Env] = strings.TrimRight(string(b), "\r\n")
	}
	return found, nil
}

// Check fills what follows from other values and refuses what cannot work.
func (c *Config) Check() error {
	host, port, err := net.SplitHostPort(c.Addr)
	if err != nil || port == "" {
		return wrong("PALESTRA_ADDR", "%q is not host:port, as in 127.0.0.1:8080", c.Addr)
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return wrong("PALESTRA_TLS_CERT", "it and PALESTRA_TLS_KEY belong together; one of them is missing")
	}
	for env, file := range map[string]string{"PALESTRA_TLS_CERT": c.TLSCert, "PALESTRA_TLS_KEY": c.TLSKey} {
		if file == "" {
			continue
		}
		if _, err := os.Stat(file); err != nil {
			return wrong(env, "the file cannot be read (%v)", err)
		}
	}
	if c.PublicURL == "" {
		scheme := "http"
		if c.TLSCert != "" {
			scheme = "https"
		}
		if host == "" || host == "0.0.0.0" || host == "::" {
			host = "localhost"
		}
		c.PublicURL = scheme + "://" + net.JoinHostPort(host, port)
	}
	c.PublicURL = strings.TrimRight(c.PublicURL, "/")
	if u, err := url.Parse(c.PublicURL); err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || u.Path != "" || u.RawQuery != "" {
		return wrong("PALESTRA_PUBLIC_URL", "%q is not an address such as https://learn.example.org, without a path", c.PublicURL)
	}
	if _, err := c.Proxies(); err != nil {
		return err
	}
	if _, err := outward.ParseAllowed(c.LRSHosts); err != nil {
		return wrong("PALESTRA_LRS_HOSTS", "%s", err)
	}
	if c.SpeechMemory != 0 && c.SpeechMemory < 1<<20 {
		return wrong("PALESTRA_SPEECH_MEMORY", "it is at least 1048576 bytes")
	}
	if c.SpeechSlowness < 0 || c.SpeechSlowness > 1000 {
		return wrong("PALESTRA_SPEECH_SLOWNESS", "it lies between 1 and 1000")
	}
	if _, err := outward.ParseSites(c.VideoHosts); err != nil {
		return wrong("PALESTRA_VIDEO_HOSTS", "%s", err)
	}
	if err := c.checkServers(); err != nil {
		return err
	}
	if err := c.checkLimits(); err != nil {
		return err
	}
	data, err := filepath.Abs(c.Data)
	if err != nil {
		return wrong("PALESTRA_DATA", "%q is not a folder (%v)", c.Data, err)
	}
	keys, err := filepath.Abs(c.Keys)
	if err != nil {
		return wrong("PALESTRA_KEYS", "%q is not a folder (%v)", c.Keys, err)
	}
	if rel, err := filepath.Rel(data, keys); err == nil && (rel == "." || !strings.HasPrefix(rel, "..")) {
		return wrong("PALESTRA_KEYS", "it lies inside PALESTRA_DATA; keys are kept apart from the data, so that a copy of the data cannot sign")
	}
	c.Data, c.Keys = data, keys
	level, format, _ := strings.Cut(c.Log, ":")
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, level) || !slices.Contains([]string{"", "json", "text"}, format) {
		return wrong("PALESTRA_LOG", "%q is not debug, info, warn or error, optionally with :json or :text", c.Log)
	}
	return nil
}

// checkLimits holds the limits of the record store against what it can hold at most; 0 is the default.
func (c *Config) checkLimits() error {
	for _, l := range []struct {
		env         string
		value, most int
	}{
		{"PALESTRA_LRS_MAX_STATEMENT", c.LRSStatement, 8 << 20},
		{"PALESTRA_LRS_MAX_BATCH", c.LRSBatch, 1000},
		{"PALESTRA_LRS_MAX_BODY", c.LRSBody, 8 << 20},
		{"PALESTRA_LRS_MAX_ATTACHMENTS", c.LRSAttachments, 1000},
		{"PALESTRA_LRS_MAX_DEPTH", c.LRSDepth, 64},
		{"PALESTRA_LRS_MAX_DOCUMENT", c.LRSDocument, 15 << 20},
		{"PALESTRA_LRS_MAX_PAGE", c.LRSPage, 500},
		{"PALESTRA_LRS_MAX_QUERY", c.LRSQuery, 12 << 10},
	} {
		if l.value < 0 || l.value > l.most {
			return wrong(l.env, "%d is not a number from 1 to %d", l.value, l.most)
		}
	}
	return nil
}

func (c *Config) checkServers() error {
	for _, s := range []struct {
		env, value string
		schemes    []string
		example    string
	}{
		{"PALESTRA_MONGODB_URI", c.MongoDBURI, []string{"mongodb", "mongodb+srv"}, "mongodb://host:27017/palestra?replicaSet=rs0"},
		{"PALESTRA_REDIS_URL", c.RedisURL, []string{"redis", "rediss"}, "redis://host:6379/0"},
		{"PALESTRA_S3_ENDPOINT", c.S3Endpoint, []string{"http", "https"}, "https://s3.example.org"},
		{"PALESTRA_S3_PUBLIC_URL", c.S3PublicURL, []string{"http", "https"}, "https://media.example.org"},
		{"PALESTRA_SMTP_URL", c.SMTPURL, []string{"smtp", "smtps"}, "smtp://user:password@mail.example.org:587"},
	} {
		if s.value == "" {
			continue
		}
		// The value may hold a password, so the sentence shows an example instead of it. A MongoDB URI may name
		// several hosts, which net/url refuses, so only its scheme is looked at here.
		scheme, rest, ok := strings.Cut(s.value, "://")
		if !ok || rest == "" || !slices.Contains(s.schemes, scheme) {
			return wrong(s.env, "it is not an address such as %s", s.example)
		}
	}
	if c.S3Endpoint != "" && (c.S3AccessKey == "" || c.S3SecretKey == "") {
		return wrong("PALESTRA_S3_ACCESS_KEY", "it and PALESTRA_S3_SECRET_KEY are needed with PALESTRA_S3_ENDPOINT")
	}
	if c.S3PublicURL != "" && c.S3Endpoint == "" {
		return wrong("PALESTRA_S3_PUBLIC_URL", "it needs PALESTRA_S3_ENDPOINT; the embedded store is not reachable by browsers")
	}
	return nil
}

// Proxies returns the networks whose X-Forwarded-* headers are believed.
func (c *Config) Proxies() ([]netip.Prefix, error) {
	var nets []netip.Prefix
	for part := range strings.SplitSeq(c.TrustedProxies, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		if p, err := netip.ParsePrefix(part); err == nil {
			nets = append(nets, p)
			continue
		}
		a, err := netip.ParseAddr(part)
		if err != nil {
			return nil, wrong("PALESTRA_TRUSTED_PROXIES", "%q is neither an address nor a network such as 10.0.0.0/8", part)
		}
		nets = append(nets, netip.PrefixFrom(a, a.BitLen()))
	}
	return nets, nil
}

// Secure reports whether browsers reach the installation by HTTPS.
func (c *Config) Secure() bool { return strings.HasPrefix(c.PublicURL, "https://") }

// Plain reports whether browsers reach the installation by plain HTTP from another machine, where they refuse secure
// cookies, cryptography and service workers.
func (c *Config) Plain() bool {
	u, err := url.Parse(c.PublicURL)
	if err != nil || u.Scheme == "https" {
		return false
	}
	if u.Hostname() == "localhost" || strings.HasSuffix(u.Hostname(), ".localhost") {
		return false
	}
	a, err := netip.ParseAddr(u.Hostname())
	return err != nil || !a.IsLoopback()
}
