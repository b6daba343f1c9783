// The scene of test_groups.py with franz-go: groups ADDRESS TOPIC GROUP RECORDS classic|cooperative|consumer
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

const partitions = 6

type member struct {
	client *kgo.Client
	mutex  sync.Mutex
	owned  int
}

func (m *member) count(change int) func(map[string][]int32) {
	return func(parts map[string][]int32) {
		m.mutex.Lock()
		defer m.mutex.Unlock()
		for _, numbers := range parts {
			m.owned += change * len(numbers)
		}
	}
}

func (m *member) has() int {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.owned
}

func join(address, topic, group, protocol string) *member {
	m := &member{}
	gained, lost := m.count(1), m.count(-1)
	options := []kgo.Opt{
		kgo.SeedBrokers(address), kgo.ConsumeTopics(topic), kgo.ConsumerGroup(group), kgo.DisableAutoCommit(),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.HeartbeatInterval(500 * time.Millisecond),
		kgo.OnPartitionsAssigned(func(_ context.Context, _ *kgo.Client, parts map[string][]int32) { gained(parts) }),
		kgo.OnPartitionsRevoked(func(_ context.Context, _ *kgo.Client, parts map[string][]int32) { lost(parts) }),
		kgo.OnPartitionsLost(func(_ context.Context, _ *kgo.Client, parts map[string][]int32) { lost(parts) }),
	}
	switch protocol {
	case "classic":
		options = append(options, kgo.Balancers(kgo.RangeBalancer()), kgo.SessionTimeout(6*time.Second))
	case "cooperative":
		options = append(options, kgo.Balancers(kgo.CooperativeStickyBalancer()), kgo.SessionTimeout(6*time.Second))
	case "consumer":
		options = append(options, kgo.ServerSideBalancer(), kgo.Balancers(kgo.StickyBalancer()))
	}
	client, err := kgo.NewClient(options...)
	if err != nil {
		log.Fatal(err)
	}
	m.client = client
	return m
}

func (m *member) read(seen map[string]bool) {
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	fetches := m.client.PollRecords(ctx, 20)
	fetches.EachRecord(func(record *kgo.Record) { seen[string(record.Value)] = true })
	if fetches.NumRecords() > 0 {
		// A rebalance may fence a commit: what it meant is read again.
		_ = m.client.CommitUncommittedOffsets(context.Background())
	}
}

func main() {
	address, topic, group, protocol := os.Args[1], os.Args[2], os.Args[3], os.Args[5]
	records, _ := strconv.Atoi(os.Args[4])
	deadline := time.Now().Add(90 * time.Second)
	until := func(what string, condition func() bool, act func()) {
		for !condition() {
			if time.Now().After(deadline) {
				log.Fatalf("%s did not come true", what)
			}
			act()
		}
	}
	seen := map[string]bool{}
	first := join(address, topic, group, protocol)
	until("the first reads", func() bool { return len(seen) >= 100 }, func() { first.read(seen) })
	second := join(address, topic, group, protocol)
	share := func() bool { return first.has() == partitions/2 && second.has() == partitions/2 }
	until("they share", share, func() { first.read(seen); second.read(seen) })
	first.client.Close()
	admin := kadm.NewClient(second.client)
	atEnd := func() bool {
		offsets, err := admin.FetchOffsets(context.Background(), group)
		if err != nil {
			return false
		}
		done := 0
		offsets.Each(func(it kadm.OffsetResponse) {
			if it.At == int64(records/partitions) {
				done++
			}
		})
		return done == partitions
	}
	until("the group is at the end", atEnd, func() { second.read(seen) })
	second.client.Close()
	for value := range seen {
		fmt.Println(value)
	}
}
