// Command load sends one HTTP/1.1 request over TLS 1.3 again and again, from a number of kept
// connections or from a new connection each time, with a client certificate when one is given, and
// prints what it saw as one JSON object. It is written for low cost, not for generality: the
// request is made once (__worker__ in its path is the connection's number), answers are read by their
// Content-Length. With a kmip:// address the body is the whole request, a KMIP message, and the answer
// is one: its first Result Status stands for the HTTP status, 200 for Success.
package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

type options struct {
	url, method, body     string
	ca, cert, key, token  string
	connections, requests int
	seconds, rate         float64
	newConnection         bool
}

type report struct {
	Requests int            `json:"requests"`
	Errors   int            `json:"errors"`
	Error    string         `json:"error,omitempty"`
	Statuses map[string]int `json:"statuses"`
	Seconds  float64        `json:"seconds"`
	P50      float64        `json:"p50_us"`
	P99      float64        `json:"p99_us"`
	Max      float64        `json:"max_us"`
}

// worker is one connection's share of the run.
type worker struct {
	latencies []time.Duration
	statuses  map[int]int
	request   []byte
	errors    int
	lastError error
}

type target struct {
	address  string
	tls      *tls.Config
	request  []byte
	exchange func(io.Writer, *bufio.Reader, []byte) (int, error)
}

func main() {
	var o options
	flag.StringVar(&o.url, "url", "", "https URL of the request, or kmip://host:port")
	flag.StringVar(&o.method, "method", "POST", "method")
	flag.StringVar(&o.body, "body", "", "body, or @FILE")
	flag.StringVar(&o.ca, "ca", "", "PEM file of the authority of the server's certificate")
	flag.StringVar(&o.cert, "cert", "", "PEM file of the client certificate")
	flag.StringVar(&o.key, "key", "", "PEM file of its key")
	flag.StringVar(&o.token, "token", "", "bearer token")
	flag.IntVar(&o.connections, "connections", 16, "connections at the same time")
	flag.IntVar(&o.requests, "requests", 0, "end after so many requests")
	flag.Float64Var(&o.seconds, "seconds", 3, "end after so many seconds, whichever comes first")
	flag.Float64Var(&o.rate, "rate", 0, "requests a second over all connections (0: as fast as it goes)")
	flag.BoolVar(&o.newConnection, "new-connection", false, "a new connection, full handshake, each time")
	flag.Parse()
	if o.connections < 1 || o.seconds <= 0 || o.seconds > 600 {
		fatal(errors.New("connections must be at least 1, seconds over 0 and at most 600"))
	}
	where, err := prepare(o)
	if err != nil {
		fatal(err)
	}
	encoded, err := json.Marshal(run(o, where))
	if err != nil {
		fatal(err)
	}
	fmt.Println(string(encoded))
}

func fatal(err error) {
	fmt.Fprintln(os.Stderr, "load:", err)
	os.Exit(1)
}

func prepare(o options) (*target, error) {
	address, err := url.Parse(o.url)
	kmip := err == nil && address.Scheme == "kmip"
	if err != nil || !kmip && address.Scheme != "https" || address.Port() == "" {
		return nil, fmt.Errorf("url %q: https://host:port/path or kmip://host:port is needed", o.url)
	}
	body := []byte(o.body)
	if name, isFile := strings.CutPrefix(o.body, "@"); isFile {
		if body, err = os.ReadFile(name); err != nil {
			return nil, err
		}
	}
	config := &tls.Config{MinVersion: tls.VersionTLS13, ServerName: address.Hostname()}
	if o.ca != "" {
		pem, err := os.ReadFile(o.ca)
		if err != nil {
			return nil, err
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s holds no certificate", o.ca)
		}
	}
	if o.cert != "" {
		pair, err := tls.LoadX509KeyPair(o.cert, o.key)
		if err != nil {
			return nil, err
		}
		// Offered whatever names the server hints at: a name that does not match would be left
		// out in silence, and the run would measure something else.
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			return &pair, nil
		}
	}
	if kmip {
		return &target{address.Host, config, body, exchangeKmip}, nil
	}
	var request bytes.Buffer
	fmt.Fprintf(&request, "%s %s HTTP/1.1\r\nHost: %s\r\n", o.method, address.RequestURI(), address.Host)
	if o.token != "" {
		fmt.Fprintf(&request, "Authorization: Bearer %s\r\n", o.token)
	}
	if o.newConnection {
		request.WriteString("Connection: close\r\n")
	}
	if len(body) > 0 {
		fmt.Fprintf(&request, "Content-Type: application/json\r\n")
	}
	fmt.Fprintf(&request, "Content-Length: %d\r\n\r\n", len(body))
	request.Write(body)
	return &target{address.Host, config, request.Bytes(), exchange}, nil
}

func run(o options, where *target) report {
	var started atomic.Int64
	begin := time.Now()
	deadline := begin.Add(time.Duration(o.seconds * float64(time.Second)))
	// next says whether one more request may start, and when.
	next := func() bool {
		number := started.Add(1)
		if o.requests > 0 && number > int64(o.requests) {
			return false
		}
		if o.rate > 0 {
			at := begin.Add(time.Duration(float64(number-1) / o.rate * float64(time.Second)))
			if at.After(deadline) {
				return false
			}
			time.Sleep(time.Until(at))
		}
		return time.Now().Before(deadline)
	}
	workers := make([]worker, o.connections)
	var group sync.WaitGroup
	for i := range workers {
		workers[i].statuses = map[int]int{}
		workers[i].request = bytes.ReplaceAll(where.request, []byte("__worker__"), []byte(strconv.Itoa(i)))
		group.Add(1)
		go func(w *worker) {
			defer group.Done()
			if o.newConnection {
				w.connectEachTime(where, next)
			} else {
				w.keepOne(where, next)
			}
		}(&workers[i])
	}
	group.Wait()
	return summary(workers, time.Since(begin))
}

func (w *worker) keepOne(where *target, next func() bool) {
	connection, err := where.dial()
	if err != nil {
		w.errors, w.lastError = 1, err
		return
	}
	defer connection.Close()
	reader := bufio.NewReaderSize(connection, 16*1024)
	for next() {
		began := time.Now()
		status, err := where.exchange(connection, reader, w.request)
		if err != nil {
			w.errors++
			w.lastError = err
			return
		}
		w.latencies = append(w.latencies, time.Since(began))
		w.statuses[status]++
	}
}

func (w *worker) connectEachTime(where *target, next func() bool) {
	for next() {
		began := time.Now()
		connection, err := where.dial()
		var status int
		if err == nil {
			status, err = where.exchange(connection, bufio.NewReaderSize(connection, 4096), w.request)
			connection.Close()
		}
		if err != nil {
			w.errors++
			w.lastError = err
			if w.errors > 10 {
				return
			}
			continue
		}
		w.latencies = append(w.latencies, time.Since(began))
		w.statuses[status]++
	}
}

func (t *target) dial() (*tls.Conn, error) {
	plain, err := net.DialTimeout("tcp", t.address, 10*time.Second)
	if err != nil {
		return nil, err
	}
	connection := tls.Client(plain, t.tls)
	connection.SetDeadline(time.Now().Add(10 * time.Minute))
	if err := connection.Handshake(); err != nil {
		plain.Close()
		return nil, err
	}
	return connection, nil
}

// exchange sends the request and reads one answer whole.
func exchange(connection io.Writer, reader *bufio.Reader, request []byte) (int, error) {
	if _, err := connection.Write(request); err != nil {
		return 0, err
	}
	line, err := reader.ReadSlice('\n')
	if err != nil {
		return 0, err
	}
	if len(line) < 12 || !bytes.HasPrefix(line, []byte("HTTP/1.1 ")) {
		return 0, fmt.Errorf("no HTTP/1.1 status line: %q", line)
	}
	status, err := strconv.Atoi(string(line[9:12]))
	if err != nil {
		return 0, err
	}
	length := 0
	for {
		if line, err = reader.ReadSlice('\n'); err != nil {
			return 0, err
		}
		if len(line) <= 2 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		if bytes.EqualFold(name, []byte("content-length")) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return 0, err
			}
		} else if bytes.EqualFold(name, []byte("transfer-encoding")) {
			return 0, errors.New("the answer is chunked, which this tool does not read")
		}
	}
	_, err = reader.Discard(length)
	return status, err
}

// resultStatus is how the item Result Status begins: its tag, type and length (KMIP 1.4, 9.1.1).
var resultStatus = []byte{0x42, 0x00, 0x7f, 0x05, 0, 0, 0, 4}

// exchangeKmip sends one message and reads one.
func exchangeKmip(connection io.Writer, reader *bufio.Reader, request []byte) (int, error) {
	if _, err := connection.Write(request); err != nil {
		return 0, err
	}
	head, err := reader.Peek(8)
	if err != nil {
		return 0, err
	}
	answer := make([]byte, 8+int(binary.BigEndian.Uint32(head[4:])))
	if _, err := io.ReadFull(reader, answer); err != nil {
		return 0, err
	}
	_, result, found := bytes.Cut(answer, resultStatus)
	if !found || len(result) < 4 {
		return 0, errors.New("an answer without a Result Status")
	}
	status := int(binary.BigEndian.Uint32(result))
	if status == 0 {
		return 200, nil
	}
	return 500 + status, nil
}

func summary(workers []worker, elapsed time.Duration) report {
	result := report{Statuses: map[string]int{}, Seconds: elapsed.Seconds()}
	var all []time.Duration
	for _, w := range workers {
		all = append(all, w.latencies...)
		result.Errors += w.errors
		if w.lastError != nil {
			result.Error = w.lastError.Error()
		}
		for status, count := range w.statuses {
			result.Statuses[strconv.Itoa(status)] += count
		}
	}
	result.Requests = len(all)
	if len(all) == 0 {
		return result
	}
	slices.Sort(all)
	at := func(share float64) float64 {
		return float64(all[int(share*float64(len(all)-1))].Nanoseconds()) / 1000
	}
	result.P50, result.P99, result.Max = at(0.5), at(0.99), at(1)
	return result
}
