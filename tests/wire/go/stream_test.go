// Files cross both ways between the vendor's SDK and our command line, at every size about a block's,
// and what our command line promises of a cut or altered file holds.
package wire

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/ovh/okms-sdk-go"
	"github.com/ovh/okms-sdk-go/types"
)

const (
	streamBlock = 4*1024*1024 - 16 // of plaintext
	exitRefused = 6
	exitHeader  = 8
	exitMissing = 2
)

// commandLine runs our command line and gives its exit code. CHATELAINE_CLI names the program; the
// release build's is taken else.
func commandLine(t *testing.T, arguments ...string) (int, string) {
	t.Helper()
	program := os.Getenv("CHATELAINE_CLI")
	if program == "" {
		program = "../../../build/release/src/apps/chatelaine/chatelaine"
	}
	command := exec.Command(program, arguments...)
	command.Env = append(os.Environ(),
		"CHATELAINE_CONFIG="+filepath.Join(t.TempDir(), "none.toml"),
		"CHATELAINE_REST="+site.Rest, "CHATELAINE_CA="+site.CA,
		"CHATELAINE_DOMAIN="+site.Domain.String(),
		"CHATELAINE_CERT="+site.ClientCert, "CHATELAINE_KEY="+site.ClientKey)
	output, err := command.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return command.ProcessState.ExitCode(), string(output)
}

func writeFile(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestStreamsCrossBothWays(t *testing.T) {
	c := byCertificate(t)
	key := c.newAES(t, types.N256).Id
	provider := c.DataKeys(site.Domain, key)
	context := "a file's context"
	for _, size := range []int{0, 1, streamBlock - 1, streamBlock, streamBlock + 1, 3*streamBlock + 5} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			folder := t.TempDir()
			plain := randomBytes(size)
			ours, theirs := filepath.Join(folder, "ours"), filepath.Join(folder, "theirs.okms")
			writeFile(t, ours, plain)

			if code, said := commandLine(t, "encrypt", ours, "--key", key.String(), "--context", context); code != 0 {
				t.Fatalf("encrypt: exit %d: %s", code, said)
			}
			reader, err := provider.DecryptStream(t.Context(), bytes.NewReader(readFile(t, ours+".okms")), []byte(context))
			if err != nil {
				t.Fatal(err)
			}
			var back bytes.Buffer
			if _, err := back.ReadFrom(reader); err != nil || !bytes.Equal(back.Bytes(), plain) {
				t.Fatalf("the SDK read something else: %v", err)
			}

			var sealed bytes.Buffer
			writer, err := provider.EncryptStream(t.Context(), &sealed, []byte(context), okms.BlockSize4MB)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := writer.Write(plain); err != nil {
				t.Fatal(err)
			}
			if err := writer.Close(); err != nil {
				t.Fatal(err)
			}
			writeFile(t, theirs, sealed.Bytes())
			// The SDK's form of an empty file cannot be told from one cut to its header.
			wanted := 0
			if size == 0 {
				wanted = exitHeader
			}
			code, said := commandLine(t, "decrypt", theirs, "--context", context)
			if code != wanted {
				t.Fatalf("decrypt: exit %d: %s", code, said)
			}
			if !bytes.Equal(readFile(t, filepath.Join(folder, "theirs")), plain) {
				t.Fatal("our command line read something else")
			}
		})
	}
}

func TestCutAndAlteredStreamsAreRefusedAndLeaveNothing(t *testing.T) {
	c := byCertificate(t)
	key := c.newAES(t, types.N256).Id
	folder := t.TempDir()
	source := filepath.Join(folder, "source")
	writeFile(t, source, randomBytes(2*streamBlock))
	if code, said := commandLine(t, "encrypt", source, "--key", key.String()); code != 0 {
		t.Fatalf("encrypt: exit %d: %s", code, said)
	}
	whole := readFile(t, source+".okms")
	header := len(whole) - 2*(streamBlock+16)
	altered := bytes.Clone(whole)
	altered[len(altered)-1] ^= 1
	for name, content := range map[string][]byte{
		"at a block's end": whole[:header+streamBlock+16],
		"inside a block":   whole[:len(whole)-1],
		"inside a tag":     whole[:header+5],
		"in the header":    whole[:header-2],
		"altered":          altered,
		"longer":           append(bytes.Clone(whole), 0),
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "file")
			writeFile(t, file+".okms", content)
			if code, said := commandLine(t, "decrypt", file+".okms"); code != exitRefused {
				t.Errorf("exit %d: %s", code, said)
			}
			if left, _ := filepath.Glob(file + "*"); len(left) != 1 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
	if code, said := commandLine(t, "decrypt", source+".okms"); code != exitMissing {
		t.Errorf("an existing file is not overwritten without --force: exit %d: %s", code, said)
	}
}
