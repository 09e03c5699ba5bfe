// Package kubernetes holds the manifests of a deployment, and tests that look
// at them without a cluster. It is a module of its own, so that Kubernetes'
// types stay out of the course's go.mod.
package kubernetes

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	apps "k8s.io/api/apps/v1"
	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	network "k8s.io/api/networking/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/yaml"

	"multiprocessing/lib/cluster"
)

// scaledObject is what KEDA reads, as far as it is used here:
// https://keda.sh/docs/2.19/reference/scaledobject-spec
type scaledObject struct {
	meta.TypeMeta   `json:",inline"`
	meta.ObjectMeta `json:"metadata"`
	Spec            struct {
		ScaleTargetRef  struct{ Name string }
		MinReplicaCount int32
		MaxReplicaCount int32
		PollingInterval int32
		Advanced        map[string]any
		Triggers        []struct {
			Type     string
			Metadata map[string]string
		}
	}
}

type kustomization struct {
	meta.TypeMeta `json:",inline"`
	Resources     []string
}

// read decodes every document of a file. What its type does not know is an
// error.
func read[T any](t *testing.T, name string) (all []T) {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for document := range bytes.SplitSeq(content, []byte("\n---\n")) {
		var one T
		if err := yaml.UnmarshalStrict(document, &one); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all = append(all, one)
	}
	return all
}

func deployment(t *testing.T) apps.Deployment { return read[apps.Deployment](t, "workers.yaml")[0] }
func job(t *testing.T) batch.Job              { return read[batch.Job](t, "job.yaml")[0] }

func pods(t *testing.T) map[string]core.PodTemplateSpec {
	return map[string]core.PodTemplateSpec{"workers.yaml": deployment(t).Spec.Template, "job.yaml": job(t).Spec.Template}
}

func TestEveryFileIsOfItsKindAndInTheNamespace(t *testing.T) {
	namespace := read[core.Namespace](t, "namespace.yaml")[0]
	kinds := []meta.TypeMeta{namespace.TypeMeta, deployment(t).TypeMeta, job(t).TypeMeta}
	objects := []meta.ObjectMeta{deployment(t).ObjectMeta, job(t).ObjectMeta}
	for _, policy := range read[network.NetworkPolicy](t, "network-policy.yaml") {
		kinds, objects = append(kinds, policy.TypeMeta), append(objects, policy.ObjectMeta)
	}
	scaling := read[scaledObject](t, "autoscaling.yaml")[0]
	kinds, objects = append(kinds, scaling.TypeMeta), append(objects, scaling.ObjectMeta)
	for _, kind := range kinds {
		known := map[string]string{"Namespace": "v1", "Deployment": "apps/v1", "Job": "batch/v1",
			"NetworkPolicy": "networking.k8s.io/v1", "ScaledObject": "keda.sh/v1alpha1"}
		if known[kind.Kind] != kind.APIVersion {
			t.Errorf("%s is of %q, want %q", kind.Kind, kind.APIVersion, known[kind.Kind])
		}
	}
	for _, object := range objects {
		if object.Namespace != namespace.Name {
			t.Errorf("%s%s is in namespace %q, want %q", object.Name, object.GenerateName, object.Namespace, namespace.Name)
		}
	}
}

func TestAllButTheJobIsAppliedTogether(t *testing.T) {
	list := read[kustomization](t, "kustomization.yaml")[0].Resources
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		name := file.Name()
		apart := slices.Contains([]string{"job.yaml", "nats.yaml", "kustomization.yaml"}, name)
		if strings.HasSuffix(name, ".yaml") && slices.Contains(list, name) == apart {
			t.Errorf("%s in kustomization.yaml: %t", name, !apart)
		}
	}
}

func TestPodsMayDoNothingThatTheyNeedNot(t *testing.T) {
	for file, pod := range pods(t) {
		security, container := pod.Spec.SecurityContext, pod.Spec.Containers[0]
		if security == nil || !*security.RunAsNonRoot || *security.RunAsUser == 0 || security.SeccompProfile.Type != core.SeccompProfileTypeRuntimeDefault {
			t.Errorf("%s: the pod may run as root, or without seccomp", file)
		}
		inner := container.SecurityContext
		if inner == nil || *inner.AllowPrivilegeEscalation || !*inner.ReadOnlyRootFilesystem || !slices.Equal(inner.Capabilities.Drop, []core.Capability{"ALL"}) {
			t.Errorf("%s: the container may gain rights, or write to its root", file)
		}
		if *pod.Spec.AutomountServiceAccountToken {
			t.Errorf("%s: the pod gets a token of the cluster", file)
		}
		if container.Resources.Requests.Cpu().IsZero() || container.Resources.Requests.Memory().IsZero() || container.Resources.Limits.Memory().IsZero() {
			t.Errorf("%s: resources are missing: %v", file, container.Resources)
		}
	}
}

// pinned is an image with a version or a digest.
var pinned = regexp.MustCompile(`:[0-9][\w.-]*$|@sha256:[0-9a-f]{64}$`)

func TestWorkersAndClientAreTheSamePinnedImage(t *testing.T) {
	worker, client := deployment(t).Spec.Template.Spec.Containers[0].Image, job(t).Spec.Template.Spec.Containers[0].Image
	if worker != client {
		t.Errorf("worker %q would refuse the tasks of client %q", worker, client)
	}
	if !pinned.MatchString(worker) {
		t.Errorf("image %q is not pinned", worker)
	}
}

func TestClientsReachTheServersAndShowTheirSecretToNobodyElse(t *testing.T) {
	policies := map[string]network.NetworkPolicy{}
	for _, policy := range read[network.NetworkPolicy](t, "network-policy.yaml") {
		policies[policy.Name] = policy
	}
	if nothing := policies["nothing"].Spec; len(nothing.PodSelector.MatchLabels) > 0 || len(nothing.Ingress)+len(nothing.Egress) > 0 || len(nothing.PolicyTypes) != 2 {
		t.Errorf("nothing allows something: %+v", nothing)
	}
	clients, err := meta.LabelSelectorAsSelector(&[]meta.LabelSelector{policies["clients-of-nats"].Spec.PodSelector}[0])
	if err != nil {
		t.Fatal(err)
	}
	for file, pod := range pods(t) {
		container := pod.Spec.Containers[0]
		if !clients.Matches(labels.Set(pod.Labels)) {
			t.Errorf("%s: no policy lets it out", file)
		}
		if !slices.Contains(container.Args, "--url=tls://nats.multiprocessing.svc:4222") || !slices.Contains(container.Args, "--ca=/etc/nats/ca.crt") {
			t.Errorf("%s: args %q", file, container.Args)
		}
		if container.Env[0].Name != "NATS_TOKEN" || container.Env[0].ValueFrom.SecretKeyRef.Name != "nats-token" {
			t.Errorf("%s: the token is not that of the servers", file)
		}
	}
	if selector := deployment(t).Spec.Selector.MatchLabels; !labels.SelectorFromSet(selector).Matches(labels.Set(deployment(t).Spec.Template.Labels)) {
		t.Errorf("the deployment does not select its pods: %v", selector)
	}
}

func TestWorkersHaveTimeToGiveBackTheirChunks(t *testing.T) {
	pod := deployment(t).Spec.Template.Spec
	if !slices.Contains(pod.Containers[0].Args, "--grace=25s") || *pod.TerminationGracePeriodSeconds < 30 {
		t.Errorf("%d s for %q", *pod.TerminationGracePeriodSeconds, pod.Containers[0].Args)
	}
}

func TestAutoscalingLooksAtTheQueueOfTheWorkers(t *testing.T) {
	spec := read[scaledObject](t, "autoscaling.yaml")[0].Spec
	if spec.ScaleTargetRef.Name != deployment(t).Name || spec.MinReplicaCount < 1 || spec.MaxReplicaCount <= spec.MinReplicaCount {
		t.Errorf("it scales %q from %d to %d", spec.ScaleTargetRef.Name, spec.MinReplicaCount, spec.MaxReplicaCount)
	}
	trigger := spec.Triggers[0]
	if trigger.Type != "nats-jetstream" || trigger.Metadata["consumer"] != cluster.LibQueue || trigger.Metadata["stream"] != streamOfDocs(t) {
		t.Errorf("it looks at %v", trigger)
	}
}

// streamOfDocs is the stream that package cluster says it has.
func streamOfDocs(t *testing.T) string {
	t.Helper()
	source, err := os.ReadFile("../../lib/cluster/internal/jetstream/streams.go")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`workStream += "(\w+)"`).FindSubmatch(source)
	if found == nil {
		t.Fatal("lib/cluster/internal/jetstream/streams.go has no workStream")
	}
	return string(found[1])
}

// values are those of the NATS chart that must be as they are.
type values struct {
	Config struct {
		Cluster struct {
			Enabled  bool
			Replicas int
			TLS      tls
		}
		JetStream struct{ Enabled bool }
		Nats      struct{ TLS tls }
		Merge     struct {
			Authorization struct{ Token string }
			MaxPayload    int `json:"max_payload"`
		}
	}
	Container   struct{ Image struct{ Tag string } }
	PodTemplate struct{ Merge struct{ Spec core.PodSpec } }
}

type tls struct {
	Enabled    bool
	SecretName string
}

func readValues(t *testing.T) (v values) {
	t.Helper()
	content, err := os.ReadFile("nats.yaml")
	if err == nil {
		err = yaml.Unmarshal(content, &v)
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestTheServersAreThreeAndAskForATokenOverTLS(t *testing.T) {
	v := readValues(t)
	c := v.Config
	if !c.Cluster.Enabled || c.Cluster.Replicas != 3 || !c.JetStream.Enabled || c.Merge.Authorization.Token != "<< $NATS_TOKEN >>" {
		t.Errorf("%+v", c)
	}
	if want := (tls{true, "nats-tls"}); c.Cluster.TLS != want || c.Nats.TLS != want {
		t.Errorf("TLS between servers %+v, and for clients %+v", c.Cluster.TLS, c.Nats.TLS)
	}
	if security := v.PodTemplate.Merge.Spec.SecurityContext; security == nil || !*security.RunAsNonRoot {
		t.Error("the servers may run as root")
	}
}

func TestTheServersAcceptMessagesOfEightMegabytes(t *testing.T) {
	if got := readValues(t).Config.Merge.MaxPayload; got != 8<<20+4<<10 {
		t.Errorf("they accept %d bytes", got)
	}
}

func TestTheServerIsThatInGoModAndTheChartIsMadeForIt(t *testing.T) {
	content, err := os.ReadFile("nats.yaml")
	if err != nil {
		t.Fatal(err)
	}
	module, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	chart := regexp.MustCompile(`--version ~(\d+\.\d+\.)0`).FindSubmatch(content)
	server := regexp.MustCompile(`nats-server/v2 v(\S+)`).FindSubmatch(module)
	if chart == nil || server == nil || !bytes.HasPrefix(server[1], chart[1]) || readValues(t).Container.Image.Tag != string(server[1])+"-alpine" {
		t.Errorf("chart %s, server %s", chart, server)
	}
}

func TestAWorkerIsReadyWhileItHasAConnection(t *testing.T) {
	probe := deployment(t).Spec.Template.Spec.Containers[0].ReadinessProbe.Exec.Command
	if _, err := exec.LookPath(probe[0]); err != nil || !exists("/proc/net/tcp") || !exists("/proc/net/tcp6") {
		t.Skip("no Linux with grep")
	}
	nodes, err := cluster.StartNodes(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer nodes.Close()
	port := nodes.URL()[strings.LastIndexByte(nodes.URL(), ':')+1:]
	probe = slices.Clone(probe)
	probe[2] = strings.Replace(probe[2], "107E", hex(t, port), 1)
	ready := func() bool { return exec.Command(probe[0], probe[1:]...).Run() == nil }
	if ready() {
		t.Error("it is ready before it is connected")
	}
	c, err := cluster.Open(t.Context(), cluster.Config{URL: nodes.URL(), Token: nodes.Token()})
	if err != nil {
		t.Fatal(err)
	}
	if !ready() {
		t.Error("it is not ready when it is connected")
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// hex is a port as /proc/net/tcp writes it.
func hex(t *testing.T, port string) string {
	t.Helper()
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%04X", n)
}
