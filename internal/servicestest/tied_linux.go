package servicestest

import "syscall"

// tied makes a server end with the thread that has started it.
func tied() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
