// Command livekit is a test tool: somebody who joins a room of a LiveKit server with LiveKit's own library, over a real
// connection, in a module of its own so that none of it comes near the program. Beside it the module brings the server.
//
// usage: livekit ADDRESS TOKEN
//
// Once inside it says on one line of JSON as whom, where and what it may do there. It leaves when its input ends; when it
// is put out it says why.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	sdk "github.com/livekit/server-sdk-go/v2"
)

func main() {
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "livekit:", err)
		os.Exit(1)
	}
}

func run(address, token string) error {
	out := make(chan sdk.DisconnectionReason, 1)
	room, err := sdk.ConnectToRoomWithToken(address, token, &sdk.RoomCallback{OnDisconnectedWithReason: func(r sdk.DisconnectionReason) { out <- r }})
	if err != nil {
		return err
	}
	me := room.LocalParticipant
	may := me.Permissions()
	if err := json.NewEncoder(os.Stdout).Encode(map[string]any{
		"room": room.Name(), "who": me.Identity(), "name": me.Name(), "publish": may.GetCanPublish(), "subscribe": may.GetCanSubscribe(), "data": may.GetCanPublishData(), "hidden": may.GetHidden(),
	}); err != nil {
		return err
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = io.Copy(io.Discard, os.Stdin)
	}()
	select {
	case <-ended:
		room.Disconnect()
		return nil
	case r := <-out:
		return fmt.Errorf("put out: %v", r)
	}
}
