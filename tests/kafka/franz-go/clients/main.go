// franz-go: clients ADDRESS; says `ok NAME` for each case and ends with 1 at the first fault.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

const records = 300

var begin = time.UnixMilli(1_700_000_000_000)

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func check(holds bool, format string, values ...any) {
	if !holds {
		log.Fatalf(format, values...)
	}
}

func client(address string, options ...kgo.Opt) *kgo.Client {
	made, err := kgo.NewClient(append([]kgo.Opt{kgo.SeedBrokers(address)}, options...)...)
	must(err)
	return made
}

func create(ctx context.Context, address, topic string) {
	it := client(address)
	defer it.Close()
	_, err := kadm.NewClient(it).CreateTopic(ctx, 1, 1, nil, topic)
	must(err)
}

// The first so many records of a topic's one partition.
func read(ctx context.Context, address, topic string, count int, options ...kgo.Opt) []*kgo.Record {
	start := map[string]map[int32]kgo.Offset{topic: {0: kgo.NewOffset().AtStart()}}
	it := client(address, append(options, kgo.ConsumePartitions(start))...)
	defer it.Close()
	var found []*kgo.Record
	for len(found) < count {
		fetches := it.PollFetches(ctx)
		must(fetches.Err())
		found = append(found, fetches.Records()...)
	}
	check(len(found) == count, "%s gave %d records instead of %d", topic, len(found), count)
	return found
}

func codecs(ctx context.Context, address string) {
	all := map[string]kgo.CompressionCodec{
		"none": kgo.NoCompression(), "gzip": kgo.GzipCompression(), "snappy": kgo.SnappyCompression(),
		"lz4": kgo.Lz4Compression(), "zstd": kgo.ZstdCompression(),
	}
	for name, codec := range all {
		topic := "go-" + name
		create(ctx, address, topic)
		var sent []*kgo.Record
		for number := range records {
			value := strings.Repeat(fmt.Sprintf("value %d ", number), 20)
			headers := []kgo.RecordHeader{{Key: "n", Value: []byte("1")}, {Key: "n", Value: []byte("2")}}
			at := begin.Add(time.Duration(number) * time.Millisecond)
			sent = append(sent, &kgo.Record{Topic: topic, Key: fmt.Append(nil, number), Value: []byte(value), Headers: headers, Timestamp: at})
		}
		it := client(address, kgo.ProducerBatchCompression(codec))
		must(it.ProduceSync(ctx, sent...).FirstErr())
		it.Close()
		for number, record := range read(ctx, address, topic, records) {
			wanted := sent[number]
			check(record.Offset == int64(number), "%s: offset %d instead of %d", name, record.Offset, number)
			check(string(record.Key) == string(wanted.Key) && string(record.Value) == string(wanted.Value), "%s: record %d", name, number)
			check(record.Timestamp.Equal(wanted.Timestamp) && len(record.Headers) == 2, "%s: time or headers of %d", name, number)
		}
	}
}

func transactions(ctx context.Context, address string) {
	const topic = "go-transactions"
	create(ctx, address, topic)
	it := client(address, kgo.TransactionalID("go"), kgo.DefaultProduceTopic(topic))
	for number := range 6 {
		must(it.BeginTransaction())
		must(it.ProduceSync(ctx, kgo.StringRecord(fmt.Sprintf("%da", number)), kgo.StringRecord(fmt.Sprintf("%db", number))).FirstErr())
		must(it.EndTransaction(ctx, kgo.TransactionEndTry(number%3 != 2)))
	}
	var values []string
	for _, record := range read(ctx, address, topic, 8, kgo.FetchIsolationLevel(kgo.ReadCommitted())) {
		values = append(values, string(record.Value))
	}
	check(strings.Join(values, " ") == "0a 0b 1a 1b 3a 3b 4a 4b", "committed: %v", values)
	read(ctx, address, topic, 12)
	heir := client(address, kgo.TransactionalID("go"), kgo.DefaultProduceTopic(topic))
	defer heir.Close()
	must(it.BeginTransaction())
	must(it.ProduceSync(ctx, kgo.StringRecord("old")).FirstErr())
	must(heir.BeginTransaction())
	must(heir.ProduceSync(ctx, kgo.StringRecord("new")).FirstErr())
	check(it.EndTransaction(ctx, kgo.TryCommit) != nil, "the zombie's transaction was committed")
	must(heir.EndTransaction(ctx, kgo.TryCommit))
	it.Close()
	last := read(ctx, address, topic, 9, kgo.FetchIsolationLevel(kgo.ReadCommitted()))[8]
	check(string(last.Value) == "new", "last is %s", last.Value)
}

func administration(ctx context.Context, address string) {
	const topic = "go-admin"
	it := client(address, kgo.RecordPartitioner(kgo.ManualPartitioner()))
	defer it.Close()
	admin := kadm.NewClient(it)
	retention := "86400000"
	_, err := admin.CreateTopic(ctx, 2, 3, map[string]*string{"retention.ms": &retention}, topic)
	must(err)
	check(setting(ctx, admin, topic) == retention, "retention is %s", setting(ctx, admin, topic))
	changed := "1000000"
	altered, err := admin.AlterTopicConfigs(ctx, []kadm.AlterConfig{{Op: kadm.SetConfig, Name: "retention.ms", Value: &changed}}, topic)
	must(err)
	must(altered[0].Err)
	check(setting(ctx, admin, topic) == changed, "retention is %s", setting(ctx, admin, topic))
	added, err := admin.UpdatePartitions(ctx, 4, topic)
	must(err)
	must(added.Error())
	for number := range 20 {
		must(it.ProduceSync(ctx, &kgo.Record{Topic: topic, Partition: 3, Value: fmt.Append(nil, number)}).FirstErr())
	}
	until := kadm.Offsets{}
	until.Add(kadm.Offset{Topic: topic, Partition: 3, At: 15})
	_, err = admin.DeleteRecords(ctx, until)
	must(err)
	first, err := admin.ListStartOffsets(ctx, topic)
	must(err)
	found, _ := first.Lookup(topic, 3)
	check(found.Offset == 15, "the first offset is %d", found.Offset)
	_, err = admin.DeleteTopic(ctx, topic)
	must(err)
	topics, err := admin.ListTopics(ctx)
	must(err)
	check(!topics.Has(topic), "%s is still there", topic)
}

func setting(ctx context.Context, admin *kadm.Client, topic string) string {
	described, err := admin.DescribeTopicConfigs(ctx, topic)
	must(err)
	for _, config := range described[0].Configs {
		if config.Key == "retention.ms" {
			return config.MaybeValue()
		}
	}
	return ""
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 90*time.Second)
	defer cancel()
	codecs(ctx, os.Args[1])
	fmt.Println("ok codecs")
	transactions(ctx, os.Args[1])
	fmt.Println("ok transactions")
	administration(ctx, os.Args[1])
	fmt.Println("ok administration")
}
