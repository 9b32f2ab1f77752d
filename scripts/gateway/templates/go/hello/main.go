// A service that registers with the gateway, renews its lease, and unregisters when it stops.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

const heartbeatInterval = 5 * time.Second

var client = http.Client{Timeout: 5 * time.Second}

func setting(name, fallback string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return fallback
}

// call sends a request to the gateway. The error says why the gateway did not accept it; the status is 0 without a response.
func call(ctx context.Context, method, path string, body any) (int, error) {
	data, err := json.Marshal(body)
	if err != nil {
		return 0, err
	}
	if body == nil {
		data = nil
	}
	request, err := http.NewRequestWithContext(ctx, method, setting("REGISTRY_URL", "http://127.0.0.1:8000")+path, bytes.NewReader(data))
	if err != nil {
		return 0, err
	}
	if body != nil {
		request.Header.Set("content-type", "application/json")
	}
	if token := os.Getenv("REGISTRY_TOKEN"); token != "" {
		request.Header.Set("authorization", "Bearer "+token)
	}
	response, err := client.Do(request)
	if err != nil {
		return 0, err
	}
	response.Body.Close()
	if response.StatusCode >= 300 {
		return response.StatusCode, fmt.Errorf("%s %s responded %d", method, path, response.StatusCode)
	}
	return response.StatusCode, nil
}

// stayRegistered registers the instance and sends heartbeats until the context ends.
func stayRegistered(ctx context.Context, id string, instance any) {
	registered := false
	for ctx.Err() == nil {
		var status int
		var err error
		if registered {
			status, err = call(ctx, "POST", "/discovery/heartbeat/"+id, nil)
		} else if status, err = call(ctx, "POST", "/discovery/register", instance); err == nil {
			log.Printf("registered %s", id)
		}
		wasRegistered := registered
		registered = err == nil
		if wasRegistered && status == http.StatusNotFound {
			continue // The gateway does not know the instance any more.
		}
		wait := heartbeatInterval
		if err != nil {
			log.Printf("the gateway does not accept the instance: %v", err)
			wait = time.Second
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	listener, err := net.Listen("tcp", net.JoinHostPort(setting("HOST", "127.0.0.1"), setting("PORT", "9000")))
	if err != nil {
		log.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	host, _ := os.Hostname()
	id := fmt.Sprintf("hello-%s-%d", host, port)
	instance := map[string]any{
		"id":         id,
		"name":       "hello",
		"url":        setting("SERVICE_URL", fmt.Sprintf("http://127.0.0.1:%d", port)),
		"ttlSeconds": 15,
		"healthPath": "/health",
	}
	server := http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		response.Header().Set("content-type", "application/json")
		json.NewEncoder(response).Encode(map[string]string{"message": "hello from Go", "path": request.URL.Path})
	})}
	left := make(chan struct{})
	go func() {
		defer close(left)
		stayRegistered(ctx, id, instance)
	}()
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Fatal(err)
		}
	}()
	<-ctx.Done()
	<-left // a registration still in flight would follow the request below
	if _, err := call(context.Background(), "DELETE", "/discovery/unregister/"+id, nil); err != nil {
		log.Print(err)
	}
	deadline, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := server.Shutdown(deadline); err != nil {
		log.Print(err)
	}
}
