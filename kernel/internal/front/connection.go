package front

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"time"

	"multiprocessing/kernel/internal/wire"
	"multiprocessing/kernel/internal/zmtp"
)

// connection is the connection file, in which a client specifies the addresses on which its kernel listens.
type connection struct {
	path string

	Transport string `json:"transport"`
	IP        string `json:"ip"`
	Key       string `json:"key"`
	Scheme    string `json:"signature_scheme"`
	Shell     int    `json:"shell_port"`
	Control   int    `json:"control_port"`
	Stdin     int    `json:"stdin_port"`
	IOPub     int    `json:"iopub_port"`
	Heartbeat int    `json:"hb_port"`
}

func readConnection(path string) (connection, error) {
	c := connection{path: path}
	content, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(content, &c)
	}
	switch {
	case err != nil:
		return c, fmt.Errorf("reading the connection file %s: %w", path, err)
	case c.Scheme != "hmac-sha256" && c.Key != "":
		return c, fmt.Errorf("reading the connection file %s: signature scheme %q is not supported, only hmac-sha256", path, c.Scheme)
	case c.Transport != "tcp" && c.Transport != "ipc":
		return c, fmt.Errorf("reading the connection file %s: transport %q is not supported, only tcp and ipc", path, c.Transport)
	}
	return c, nil
}

// inside returns the connection between the front and GoNB: the same key, and sockets in a private folder.
func (c connection) inside(sockets string) connection {
	return connection{Transport: "ipc", IP: sockets, Key: c.Key, Scheme: c.Scheme, Shell: 1, Control: 2, Stdin: 3, IOPub: 4, Heartbeat: 5}
}

// address returns the address of the socket with that port.
func (c connection) address(port int) (network, address string) {
	if c.Transport == "ipc" {
		return "unix", c.IP + "-" + strconv.Itoa(port)
	}
	ip := c.IP
	if ip == "*" {
		ip = ""
	}
	return "tcp", net.JoinHostPort(ip, strconv.Itoa(port))
}

const (
	// messageLimit is the maximum size of a message from GoNB, for example a picture, or a page with its scripts.
	messageLimit = 8 << 20
	// requestLimit is the maximum size of a client's message. A larger one is answered with an error.
	requestLimit = 8 << 20
	// queueLimit is the maximum size of the messages that wait for a slow client: the maximum output of one cell.
	queueLimit = displayLimit + headLimit + tailLimit
)

// sockets are the sockets on which the kernel listens.
type sockets struct {
	shell, control, stdin, iopub, heartbeat *zmtp.Server
}

// listen opens the sockets that the connection names.
func (c connection) listen(refused func(error), receive func(request)) (s *sockets, err error) {
	s = &sockets{}
	key := wire.Key(c.Key)
	for _, socket := range []struct {
		server **zmtp.Server
		kind   string
		port   int
		from   channel
	}{
		{&s.shell, "ROUTER", c.Shell, shell}, {&s.control, "ROUTER", c.Control, control}, {&s.stdin, "ROUTER", c.Stdin, stdin},
		{&s.iopub, "PUB", c.IOPub, ""}, {&s.heartbeat, "REP", c.Heartbeat, ""},
	} {
		network, address := c.address(socket.port)
		*socket.server, err = zmtp.Listen(socket.kind, network, address, requestLimit, queueLimit, func(identity []byte, frames zmtp.Message, err error) {
			r := request{from: socket.from, identity: identity}
			var large zmtp.TooLarge
			if errors.As(err, &large) {
				rest := large.Rest.(*wire.Rest)
				r.broken = fmt.Errorf("the message has %s; the limit is %d MB: read the data from a file instead", megabytes(rest.Size), requestLimit>>20)
				r.Message, err = rest.Message()
			} else if r.Message, err = key.Parse(frames); err != nil && r.Header.ID != "" {
				r.broken, err = err, nil
			}
			if err != nil {
				refused(err)
				return
			}
			receive(r)
		}, func(kept zmtp.Message) io.Writer { return key.Rest(kept) })
		if err != nil {
			s.close()
			return nil, fmt.Errorf("listening for Jupyter on %s: %w", address, err)
		}
	}
	return s, nil
}

// close closes the sockets when all waiting messages have been sent, at the latest after a second.
func (s *sockets) close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	for _, server := range []*zmtp.Server{s.shell, s.control, s.stdin, s.iopub, s.heartbeat} {
		if server != nil {
			server.Close(ctx)
		}
	}
}
