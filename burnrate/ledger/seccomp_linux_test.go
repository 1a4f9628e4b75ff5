package ledger

import (
	"fmt"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Where the kernel puts what a filter looks at: struct seccomp_data of
// linux/seccomp.h. All machines that this runs on are little-endian.
const (
	callOffset     = 0
	machineOffset  = 4
	argumentOffset = 16
)

func loadWord(offset uint32) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: offset}
}

func give(result uint32) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: result}
}

// unless skips some instructions unless what was loaded has a value.
func unless(value uint32, skip int) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jf: uint8(skip), K: value}
}

// refusing is a filter that lets calls fail with an error, for some descriptors
// or for all when there are none. An error of 0 lets the call return 0.
func refusing(calls []uintptr, files []uint32, failure unix.Errno) []unix.SockFilter {
	refuse := give(unix.SECCOMP_RET_ERRNO | uint32(failure))
	allow := give(unix.SECCOMP_RET_ALLOW)
	body := []unix.SockFilter{refuse}
	if len(files) > 0 {
		body = []unix.SockFilter{loadWord(argumentOffset)}
		for _, file := range files {
			body = append(body, unless(file, 1), refuse)
		}
		body = append(body, allow)
	}
	machine := map[string]uint32{"amd64": unix.AUDIT_ARCH_X86_64, "arm64": unix.AUDIT_ARCH_AARCH64}[runtime.GOARCH]
	// Another machine's numbers mean other calls.
	filter := []unix.SockFilter{loadWord(machineOffset), unless(machine, 1+len(calls)*(len(body)+1)), loadWord(callOffset)}
	for _, call := range calls {
		filter = append(filter, unless(uint32(call), len(body)))
		filter = append(filter, body...)
	}
	return append(filter, allow)
}

// installFilter installs a filter in all threads. It needs no privileges, and
// cannot be undone.
func installFilter(filter []unix.SockFilter) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("give up privileges: %w", err)
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	_, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&program)))
	if errno != 0 {
		return errno
	}
	return nil
}
