package main

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"go.yaml.in/yaml/v3"

	"palestra/internal/config"
)

const deploy = "../../deploy/"

// commands are all commands of the program, as "admin organisation create".
func commands(t *testing.T) map[string]bool {
	t.Helper()
	parser, err := kong.New(&cli{}, kong.Name("palestra"))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	var walk func(n *kong.Node, path string)
	walk = func(n *kong.Node, path string) {
		for _, c := range n.Children {
			name := strings.TrimSpace(path + " " + c.Name)
			found[name] = true
			walk(c, name)
		}
	}
	walk(parser.Model.Node, "")
	return found
}

// setting reports what is wrong with a variable, or "".
func setting(name, value string) string {
	for _, k := range config.Keys() {
		if k.Secret && name == k.Env+"_FILE" {
			return ""
		}
		if name != k.Env {
			continue
		}
		if k.Secret && (strings.Contains(value, "@") || strings.Contains(k.Env, "_KEY")) {
			return name + " holds a secret: give it as a file"
		}
		return ""
	}
	return name + " is no setting"
}

// pinned reports whether an image is named with its registry and a tag that says a version.
func pinned(image string) bool {
	name, tag, ok := strings.Cut(image, ":")
	host, _, _ := strings.Cut(name, "/")
	return ok && (strings.Contains(host, ".") || host == "localhost") && tag != "latest" && regexp.MustCompile(`\d|local`).MatchString(tag)
}

type composeFile struct {
	Services map[string]struct {
		Image       string            `yaml:"image"`
		Command     []string          `yaml:"command"`
		Environment map[string]string `yaml:"environment"`
		Ports       []string          `yaml:"ports"`
		Volumes     []string          `yaml:"volumes"`
		Networks    []string          `yaml:"networks"`
		Secrets     []string          `yaml:"secrets"`
		DependsOn   map[string]any    `yaml:"depends_on"`
		Health      map[string]any    `yaml:"healthcheck"`
		ReadOnly    bool              `yaml:"read_only"`
		Drop        []string          `yaml:"cap_drop"`
	} `yaml:"services"`
	Networks map[string]any               `yaml:"networks"`
	Volumes  map[string]any               `yaml:"volumes"`
	Secrets  map[string]map[string]string `yaml:"secrets"`
}

func TestCompose(t *testing.T) {
	t.Parallel()
	var f composeFile
	if err := yaml.Unmarshal(read(t, deploy+"compose.yaml"), &f); err != nil {
		t.Fatal(err)
	}
	if got := slices.Sorted(maps.Keys(f.Services)); !slices.Equal(got, []string{"api", "mongodb", "proxy", "redis", "s3", "worker"}) {
		t.Errorf("got the services %v", got)
	}
	known := commands(t)
	for name, s := range f.Services {
		if !pinned(s.Image) {
			t.Errorf("%s: the image %s is not pinned by a tag", name, s.Image)
		}
		for env, value := range s.Environment {
			if strings.HasPrefix(env, "PALESTRA_") && env != "PALESTRA_DOMAIN" {
				if bad := setting(env, value); bad != "" {
					t.Errorf("%s: %s", name, bad)
				}
			}
			if regexp.MustCompile(`(?i)(password|secret|token)`).MatchString(env) && !strings.HasSuffix(env, "_FILE") {
				t.Errorf("%s: %s stands in the file", name, env)
			}
			if secret, ok := strings.CutPrefix(value, "/run/secrets/"); ok && !slices.Contains(s.Secrets, secret) {
				t.Errorf("%s: the secret %s is not given to it", name, secret)
			}
		}
		for _, v := range s.Volumes {
			if from, _, _ := strings.Cut(v, ":"); !strings.HasPrefix(from, "./") {
				if _, ok := f.Volumes[from]; !ok {
					t.Errorf("%s: there is no volume %s", name, from)
				}
			} else if _, err := os.Stat(deploy + from); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		for _, n := range s.Networks {
			if _, ok := f.Networks[n]; !ok {
				t.Errorf("%s: there is no network %s", name, n)
			}
		}
		for d := range s.DependsOn {
			if f.Services[d].Health["test"] == nil && d != "api" { // whose image has one
				t.Errorf("%s waits for %s, which does not say that it is well", name, d)
			}
		}
		if s.Image == "localhost/palestra:local" {
			if len(s.Command) == 0 || !known[s.Command[0]] {
				t.Errorf("%s: there is no command %v", name, s.Command)
			}
			if !s.ReadOnly || !slices.Equal(s.Drop, []string{"ALL"}) {
				t.Errorf("%s may do more than it needs", name)
			}
		} else if name != "proxy" && !slices.Equal(s.Networks, []string{"inside"}) {
			t.Errorf("%s can be reached from outside: %v", name, s.Networks)
		}
	}
	if !slices.Contains(f.Services["mongodb"].Command, "--replSet") {
		t.Error("MongoDB is no replica set")
	}
	for name, s := range f.Secrets {
		if s["file"] == "" {
			t.Errorf("the secret %s comes from no file", name)
		}
	}
}

func TestContainerfile(t *testing.T) {
	t.Parallel()
	text := string(read(t, deploy+"Containerfile"))
	known := commands(t)
	user := ""
	for _, line := range strings.Split(strings.ReplaceAll(text, "\\\n", " "), "\n") {
		words := strings.Fields(line)
		if len(words) < 2 {
			continue
		}
		switch words[0] {
		case "FROM":
			user = "root"
			if !pinned(words[1]) {
				t.Errorf("%s is not pinned by a tag", words[1])
			}
		case "USER":
			user = words[1]
		case "ENV":
			for _, w := range words[1:] {
				name, value, _ := strings.Cut(w, "=")
				if bad := setting(name, value); bad != "" {
					t.Error(bad)
				}
			}
		}
	}
	if user == "root" || strings.HasPrefix(user, "0") {
		t.Errorf("it runs as %s", user)
	}
	for _, pattern := range []string{`(?m)^HEALTHCHECK .* CMD \["palestra", "([^"]+)"\]$`, `(?m)^CMD \["([^"]+)"\]$`} {
		if m := regexp.MustCompile(pattern).FindStringSubmatch(text); m == nil || !known[m[1]] {
			t.Errorf("%s: got %v, want a command", pattern, m)
		}
	}
	for _, tool := range []string{" ffmpeg ", " espeak-ng "} {
		if !strings.Contains(text, tool) {
			t.Errorf("%s is not installed", tool)
		}
	}
}

func TestUnits(t *testing.T) {
	t.Parallel()
	known := commands(t)
	for _, name := range []string{"palestra.service", "palestra-worker.service"} {
		values := map[string][]string{}
		for line := range strings.Lines(string(read(t, deploy+"systemd/"+name))) {
			if key, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok && !strings.HasPrefix(key, "#") {
				values[key] = append(values[key], value)
			}
		}
		start := strings.Fields(strings.Join(values["ExecStart"], " "))
		if len(start) != 2 || start[0] != "/usr/local/bin/palestra" || !known[start[1]] {
			t.Errorf("%s: ExecStart is %v", name, start)
		}
		for _, e := range values["Environment"] {
			key, value, _ := strings.Cut(e, "=")
			if bad := setting(key, value); bad != "" {
				t.Errorf("%s: %s", name, bad)
			}
		}
		for key, want := range map[string]string{"User": "palestra", "NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes", "PrivateTmp": "yes",
			"CapabilityBoundingSet": "", "StateDirectoryMode": "0700", "Restart": "on-failure", "RestrictNamespaces": "user net"} {
			if got := values[key]; len(got) != 1 || got[0] != want {
				t.Errorf("%s: %s is %v, want %q", name, key, got, want)
			}
		}
		analyze(t, name)
	}
}

// analyze asks systemd itself where it is at hand.
func analyze(t *testing.T, name string) {
	t.Helper()
	tool, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Log("systemd-analyze is not here: the unit's grammar is not checked")
		return
	}
	unit := strings.ReplaceAll(string(read(t, deploy+"systemd/"+name)), "/usr/local/bin/palestra", "/bin/true")
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(unit), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), tool, "verify", path).CombinedOutput()
	if err != nil || strings.Contains(string(out), name+":") {
		t.Errorf("%s: %v %s", name, err, out)
	}
}

func TestEnvironmentFile(t *testing.T) {
	t.Parallel()
	for line := range strings.Lines(string(read(t, deploy+"systemd/palestra.env"))) {
		if name, value, ok := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "#"), "="); ok {
			if bad := setting(name, value); bad != "" {
				t.Error(bad)
			}
		}
	}
}

// What the documents tell operators to type exists.
func TestDocumentedCommandsExist(t *testing.T) {
	t.Parallel()
	known := commands(t)
	typed := regexp.MustCompile("`(?:bin/)?palestra ([a-z][a-z -]*[a-z])")
	for _, name := range []string{"../../docs/operations.md", deploy + "README.md"} {
		n := 0
		for _, m := range typed.FindAllStringSubmatch(string(read(t, name)), -1) {
			words := strings.Fields(m[1])
			ok := false
			for k := len(words); k > 0 && !ok; k-- {
				ok = known[strings.Join(words[:k], " ")]
			}
			if n++; !ok {
				t.Errorf("%s: there is no `palestra %s`", name, m[1])
			}
		}
		if n < 3 {
			t.Errorf("%s: only %d commands found", name, n)
		}
	}
}
