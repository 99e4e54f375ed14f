module palestra/internal/tools/mongowire

go 1.26.0

require (
	github.com/tidwall/btree v1.8.2
	go.mongodb.org/mongo-driver/v2 v2.9.3
)
