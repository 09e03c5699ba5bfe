(cell) => {
	"use strict";
	const panel = document.getElementById(cell.id);
	const said = panel.querySelector("[role=status]");
	const button = (what) => panel.querySelector(`[data-do=${what}]`);
	const inputs = [...panel.querySelectorAll("input[type=range], select")];

	const show = (state, text) => {
		panel.querySelector("fieldset").disabled = state !== "ready";
		button("run").setAttribute("aria-disabled", String(state !== "ready")); // a disabled one would lose the focus
		button("stop").disabled = state !== "ready" && state !== "running";
		panel.setAttribute("aria-busy", String(state === "running"));
		said.textContent = text;
	};
	// JupyterLab takes arrow keys for its cells before any element of the page sees them.
	const keepArrows = (event) => { if (event.key.startsWith("Arrow") && panel.contains(event.target)) event.stopPropagation(); };
	addEventListener("keydown", keepArrows, true);
	const over = () => {
		removeEventListener("keydown", keepArrows, true);
		clearTimeout(unanswered);
		show("ended", "Not connected. Run this cell to use its sliders.");
	};

	// The connection is our own: GoNB's belongs to the notebook that used it last.
	const page = document.getElementById("jupyter-config-data");
	const config = page ? JSON.parse(page.textContent) : {};
	const url = new URL(config.wsUrl || config.baseUrl || "/", location.href);
	url.protocol = url.protocol.replace("http", "ws");
	url.pathname += `api/kernels/${cell.kernel}/channels`;
	if (config.token) url.searchParams.set("token", config.token);
	const socket = new WebSocket(url);

	let sent = 0;
	const post = (type, comm, content) => {
		if (socket.readyState !== WebSocket.OPEN) return;
		const id = `${comm}-${sent++}`;
		socket.send(JSON.stringify({
			header: { msg_id: id, msg_type: type }, msg_id: id, msg_type: type,
			parent_header: {}, metadata: {}, channel: "shell", content: { comm_id: comm, ...content },
		}));
	};
	// The kernel listens to the comm that was opened last, and its own script may open one at any time. So each
	// request opens a new one, and follows when the kernel has answered.
	let comm, request, unanswered;
	const tell = (value) => {
		request = value;
		clearTimeout(unanswered);
		unanswered = setTimeout(() => show("ready", "No answer. Run this cell again, if its kernel was restarted."), 10000);
		comm = Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
		post("comm_open", comm, { target_name: "gonb_comm", kernel_id: cell.kernel, data: {} });
	};
	const deliver = (value) => post("comm_msg", comm, { data: { address: cell.address, value: JSON.stringify(value) } });

	let execution; // the message by which the cell was started
	const received = ({ msg_type: type, content, parent_header: parent }) => {
		if (type === "comm_msg" && content.comm_id === comm) {
			if (content.data.address === "#comm_open_ack") deliver(request);
			if (content.data.address === "#heartbeat/ping") post("comm_msg", comm, { data: { address: "#heartbeat/pong", value: true } });
		}
		if (type.endsWith("display_data") && content.transient?.display_id === `${cell.id}-status` && content.metadata.explore) {
			clearTimeout(unanswered);
			execution = parent.msg_id;
			show(content.metadata.explore, content.metadata.said);
		}
		// However the cell ended, and also when it was killed.
		if (type === "status" && content.execution_state === "idle" && execution && parent.msg_id === execution) socket.close();
	};
	const greet = (times) => {
		if (execution || socket.readyState !== WebSocket.OPEN) return;
		if (times === 0) { // the cell has ended, and its controls were saved with the notebook
			socket.close();
			return;
		}
		tell({ do: "hello" });
		setTimeout(greet, 1000, times - 1);
	};
	socket.onopen = () => greet(8);
	socket.onmessage = ({ data }) => { if (typeof data === "string") received(JSON.parse(data)); };
	socket.onclose = over;

	for (const slider of panel.querySelectorAll("input[type=range]")) {
		const number = slider.nextElementSibling;
		slider.addEventListener("input", () => { number.value = slider.value; });
		number.addEventListener("input", () => { if (number.value) slider.value = number.value; });
		number.addEventListener("change", () => { number.value = slider.value; }); // which keeps it within the limits
	}
	button("run").addEventListener("click", () => {
		if (button("run").getAttribute("aria-disabled") === "true") return;
		tell({ do: "run", values: inputs.map((input) => input.value) });
	});
	button("stop").addEventListener("click", () => tell({ do: "stop" }));
	addEventListener("pagehide", () => deliver({ do: "stop" })); // the results could not reach the page any more
}
