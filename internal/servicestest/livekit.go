package servicestest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// LiveKitServer is a LiveKit server of one test.
type LiveKitServer struct {
	URL         string // ws://127.0.0.1:port
	Key, Secret string
	Process     *Process // nil before it was started
}

// LiveKit names a LiveKit server that is to be started.
func LiveKit(t testing.TB) *LiveKitServer {
	t.Helper()
	return &LiveKitServer{URL: "ws://" + Port(t), Key: "palestra-test", Secret: "palestra-test-secret-of-32-characters"}
}

// Start starts it; it reports to hooks who comes and goes. It stays on the loopback: it asks nobody for its own address and
// names no server elsewhere to its guests.
func (s *LiveKitServer) Start(t testing.TB, hooks ...string) {
	t.Helper()
	program := Build(t, "livekit", "github.com/livekit/livekit-server/cmd/server", "livekit-server")
	address := strings.TrimPrefix(s.URL, "ws://")
	datagrams, err := net.ListenPacket("udp", "127.0.0.1:0") // a port that is free
	if err != nil {
		t.Fatal(err)
	}
	udp := port(t, datagrams.LocalAddr().String())
	datagrams.Close()
	config := fmt.Sprintf(`port: %[1]s
bind_addresses: [127.0.0.1]
keys:
  %[2]s: %[3]s
rtc:
  tcp_port: %[4]s
  udp_port: %[5]s
  node_ip: 127.0.0.1
  use_external_ip: false
  enable_loopback_candidate: true
  interfaces:
    includes: [lo]
  stun_servers: ["127.0.0.1:%[5]s"]
room:
  empty_timeout: 1
  departure_timeout: 1
webhook:
  api_key: %[2]s
  urls: ["%[6]s"]
`, port(t, address), s.Key, s.Secret, port(t, Port(t)), udp, strings.Join(hooks, `", "`))
	file := filepath.Join(t.TempDir(), "livekit.yaml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	s.Process = Start(t, address, nil, program, "--config", file)
}

func port(t testing.TB, address string) string {
	t.Helper()
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// LiveKitGuest is somebody in a room of a LiveKit server, and what the server lets her do there.
type LiveKitGuest struct {
	Room, Who, Name                  string
	Publish, Subscribe, Data, Hidden bool

	in   io.Closer
	done chan struct{}
}

// JoinLiveKit joins a room with LiveKit's own library, as a person's browser does. An error is what the library says.
func JoinLiveKit(t testing.TB, url, token string) (*LiveKitGuest, error) {
	t.Helper()
	cmd := exec.Command(Build(t, "livekit", ".", "livekit-guest"), url, token)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	g := &LiveKitGuest{in: in, done: make(chan struct{})}
	patience := time.AfterFunc(30*time.Second, func() { _ = cmd.Process.Kill() })
	line, err := bufio.NewReader(out).ReadBytes('\n')
	patience.Stop()
	if err == nil {
		err = json.Unmarshal(line, g)
	}
	if err != nil {
		_ = in.Close()
		_ = cmd.Wait()
		return nil, fmt.Errorf("%w: %s", err, said.String())
	}
	go func() {
		defer close(g.done)
		_ = cmd.Wait()
	}()
	t.Cleanup(g.Leave)
	return g, nil
}

// Leave takes leave of the room. A second call does nothing.
func (g *LiveKitGuest) Leave() {
	_ = g.in.Close()
	<-g.done
}

// Gone is closed when she is not there any more.
func (g *LiveKitGuest) Gone() <-chan struct{} { return g.done }
