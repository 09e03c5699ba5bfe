(cell) => {
	"use strict";
	const panel = document.getElementById(cell.id);
	const said = panel.querySelector("[role=status]");
	const button = (what) => panel.querySelector(`[data-do=${what}]`);
	const inputs = [...panel.querySelectorAll("input, select")];

	const show = (state, text) => {
		panel.querySelector("fieldset").disabled = state !== "ready";
		button("run").setAttribute("aria-disabled", String(state !== "ready")); // a disabled one would lose the focus
		button("stop").disabled = state !== "ready" && state !== "running";
		panel.setAttribute("aria-busy", String(state === "running"));
		said.textContent = text;
	};
	const over = () => show("ended", "Not connected. Run this cell to use its sliders.");

	// The connection is our own: GoNB's belongs to the notebook that used it last.
	const page = document.getElementById("jupyter-config-data");
	const config = page ? JSON.parse(page.textContent) : {};
	const url = new URL(config.wsUrl || config.baseUrl || "/", location.href);
	url.protocol = url.protocol.replace("http", "ws");
	url.pathname += `api/kernels/${cell.kernel}/channels`;
	if (config.token) url.searchParams.set("token", config.token);
	const socket = new WebSocket(url);

	const comm = Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
	let sent = 0;
	const post = (type, content) => {
		const id = `${comm}-${sent++}`;
		socket.send(JSON.stringify({
			header: { msg_id: id, msg_type: type }, msg_id: id, msg_type: type,
			parent_header: {}, metadata: {}, channel: "shell", content: { comm_id: comm, ...content },
		}));
	};
	const tell = (value) => {
		if (socket.readyState === WebSocket.OPEN) post("comm_msg", { data: { address: cell.address, value: JSON.stringify(value) } });
	};

	let execution; // the message by which the cell was started
	const received = ({ msg_type: type, content, parent_header: parent }) => {
		if (type === "comm_msg" && content.comm_id === comm) {
			if (content.data.address === "#comm_open_ack") tell({ do: "hello" });
			if (content.data.address === "#heartbeat/ping") post("comm_msg", { data: { address: "#heartbeat/pong", value: true } });
		}
		if (type.endsWith("display_data") && content.transient?.display_id === `${cell.id}-status` && content.metadata.explore) {
			execution = parent.msg_id;
			show(content.metadata.explore, content.metadata.said);
		}
		// However the cell ended, and also when it was killed.
		if (type === "status" && content.execution_state === "idle" && execution && parent.msg_id === execution) socket.close();
	};
	socket.onopen = () => post("comm_open", { target_name: "gonb_comm", kernel_id: cell.kernel, data: {} });
	socket.onmessage = ({ data }) => { if (typeof data === "string") received(JSON.parse(data)); };
	socket.onclose = over;

	for (const input of inputs) {
		input.addEventListener("input", () => { if (input.type === "range") input.nextElementSibling.value = input.value; });
	}
	button("run").addEventListener("click", () => {
		if (button("run").getAttribute("aria-disabled") === "true") return;
		show("running", "");
		tell({ do: "run", values: inputs.map((input) => input.value) });
	});
	button("stop").addEventListener("click", () => tell({ do: "stop" }));
	addEventListener("pagehide", () => tell({ do: "stop" })); // the results could not reach the page any more
}
