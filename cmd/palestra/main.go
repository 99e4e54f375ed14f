// Command palestra is the whole platform in one program: it serves, works, and looks after an installation.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	_ "time/tzdata" // a day of a town must not depend on what is installed

	"github.com/alecthomas/kong"

	"palestra/internal/config"
)

// version is set by the linker.
var version = "dev"

// cli is the command line: one struct for flags, environment and help.
type cli struct {
	config.Config

	Serve   serveCommand   `cmd:"" help:"Serve pages and interfaces; with the embedded queue also do the work behind them."`
	Worker  workerCommand  `cmd:"" help:"Do the work behind a queue that other processes share."`
	Demo    demoCommand    `cmd:"" help:"Fill the installation with a world to explore: three towns, four courses, six weeks. Doing it again changes nothing."`
	OpenAPI openapiCommand `cmd:"" name:"openapi" help:"Print the description of the JSON interface (OpenAPI 3.1)."`
	Admin   adminCommand   `cmd:"" help:"Organisations, operators and credentials; works while the server runs."`
	Export  exportCommand  `cmd:"" help:"Export an organisation's completions or its signed ledger; works while the server runs."`
	Verify  verifyCommand  `cmd:"" help:"Prove a ledger of completions or an archive of one, offline, with a public key."`
	KeyRing keysCommand    `cmd:"" name:"keys" help:"Look after the keys that sign."`
	Backup  backupCommand  `cmd:"" help:"Copy all documents and objects into one file; works while the server runs."`
	Restore restoreCommand `cmd:"" help:"Put a backup into an empty installation."`
	Migrate migrateCommand `cmd:"" help:"Copy all documents and objects into another, empty installation, also of other engines."`
	Doctor  doctorCommand  `cmd:"" help:"Look at everything and say in one line each what is well and what is not; works while the server runs."`
	Health  healthCommand  `cmd:"" help:"Ask the server at PALESTRA_ADDR on this machine whether it is ready."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

// console is what a command may use of the world around it.
type console struct {
	out, err io.Writer
}

// threads is how many threads run code for each processor that there is. Go lets what computes go on for 10 ms before
// somebody else's turn comes, and merging tables or sorting entries does that again and again; between threads the
// kernel shares more evenly. Who reads beside writers waits half as long for the slowest pages.
const threads = 2

func main() {
	if _, set := os.LookupEnv("GOMAXPROCS"); !set {
		runtime.GOMAXPROCS(threads * runtime.GOMAXPROCS(0))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	sizeHeap(ctx)
	code := run(ctx, os.Args[1:], os.LookupEnv, console{os.Stdout, os.Stderr})
	stop()
	os.Exit(code)
}

// run is the program without its process.
func run(ctx context.Context, args []string, lookup func(string) (string, bool), con console) int {
	files, err := config.SecretFiles(lookup)
	if err != nil {
		fmt.Fprintln(con.err, "palestra:", err)
		return 2
	}
	var c cli
	exited := -1
	parser, err := kong.New(&c, kong.Name("palestra"), kong.Description("A place where the people who run a town learn together."),
		kong.UsageOnError(), kong.Writers(con.out, con.err), kong.Exit(func(code int) { exited = code }),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(con), kong.Resolvers(secretsResolver(files)))
	if err != nil {
		fmt.Fprintln(con.err, "palestra:", err)
		return 2
	}
	k, err := parser.Parse(args)
	if exited >= 0 {
		return exited
	}
	if err == nil {
		err = c.Check()
	}
	if err != nil {
		fmt.Fprintln(con.err, "palestra:", err)
		return 2
	}
	if err := k.Run(&c.Config); err != nil {
		fmt.Fprintln(con.err, "palestra:", sentence(err))
		if _, ok := errors.AsType[*config.Wrong](err); ok {
			return 2
		}
		return 1
	}
	return 0
}

// secretsResolver gives kong the values that came from files.
func secretsResolver(files map[string]string) kong.Resolver {
	return kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		for _, env := range flag.Envs {
			if v, ok := files[env]; ok {
				return v, nil
			}
		}
		return nil, nil // kong's word for "not known here"
	})
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(con console) error {
	_, err := fmt.Fprintln(con.out, "palestra", version)
	return err
}
