(facts) => {
	"use strict";
	const panel = document.getElementById(facts.id);
	const controls = panel.querySelector("fieldset");
	const inputs = [...panel.querySelectorAll("input[type=range], select")];
	const focusable = [...panel.querySelectorAll("input, select, button")];
	const say = (text) => { panel.querySelector("[role=status]").textContent = text; };
	const gone = "The kernel of these sliders has ended. Run the notebook's cells to use them.";

	// JupyterLab takes arrow keys for its cells before any element of the page sees them.
	const keepArrows = (event) => {
		if (!panel.closest(".jp-Cell")) removeEventListener("keydown", keepArrows, true);
		if (event.key.startsWith("Arrow") && panel.contains(event.target)) event.stopPropagation();
	};
	addEventListener("keydown", keepArrows, true);

	const page = document.getElementById("jupyter-config-data");
	const config = page ? JSON.parse(page.textContent) : {};
	const server = (base) => {
		const url = new URL(base || config.baseUrl || "/", location.href);
		url.pathname += `api/kernels/${facts.kernel}`;
		return url;
	};

	// ask sends one request on a connection of its own, and waits for the reply: as long as another cell runs.
	const ask = (channel, type, content) => new Promise((resolve, reject) => {
		const url = server(config.wsUrl);
		url.protocol = url.protocol.replace("http", "ws");
		url.pathname += "/channels";
		if (config.token) url.searchParams.set("token", config.token);
		const socket = new WebSocket(url);
		const header = { msg_id: `${facts.id}-${Math.random()}`, msg_type: `${type}_request` };
		socket.onopen = () => socket.send(JSON.stringify({ header, parent_header: {}, metadata: {}, channel, content }));
		socket.onmessage = ({ data }) => {
			if (typeof data !== "string") return;
			const reply = JSON.parse(data);
			if (reply.parent_header.msg_id !== header.msg_id || reply.header.msg_type !== `${type}_reply`) return;
			if (reply.content.status === "ok") resolve();
			else reject(new Error("The kernel did not take this: the run before failed. Press Run again."));
			socket.close();
		};
		socket.onclose = () => reject(new Error(gone));
	});

	// Run works as a reader who sets an environment variable and presses Ctrl+Enter in the cell: JupyterLab gives a script
	// no other way to run a cell.
	const cell = () => panel.closest(".jp-CodeCell");
	const running = () => cell().querySelector(".jp-InputPrompt").textContent.includes("*");
	const pressCtrlEnter = () => {
		window.mpExploreFocus = { name: facts.name, index: focusable.indexOf(document.activeElement) };
		cell().focus(); // keys in the panel are not JupyterLab's
		const key = { key: "Enter", code: "Enter", keyCode: 13, ctrlKey: true, bubbles: true, cancelable: true };
		const taken = !cell().dispatchEvent(new KeyboardEvent("keydown", key));
		if (!taken) say("Now run this cell: here, a script cannot.");
	};
	let asking = false;
	const run = async () => {
		if (asking) return;
		if (running()) return say("The cell is still running. Stop ends it.");
		asking = true;
		say("Waiting for the kernel.");
		const chosen = JSON.stringify({ From: facts.from, To: inputs.map((input) => input.value) });
		const code = `%env ${facts.variable} ${btoa(String.fromCharCode(...new TextEncoder().encode(chosen)))}`;
		try {
			await ask("shell", "execute", { code, silent: true, store_history: false, user_expressions: {}, allow_stdin: false, stop_on_error: false });
			pressCtrlEnter();
		} catch (error) {
			say(error.message);
		}
		asking = false;
	};
	const stop = () => {
		if (!running()) return say("The cell is not running.");
		ask("control", "interrupt", {}).then(() => say("Stopped. What follows is not a whole run."), (error) => say(error.message));
	};
	panel.querySelector("[data-do=run]").addEventListener("click", run);
	panel.querySelector("[data-do=stop]").addEventListener("click", stop);
	for (const slider of panel.querySelectorAll("input[type=range]")) {
		const number = slider.nextElementSibling;
		slider.addEventListener("input", () => { number.value = slider.value; });
		number.addEventListener("input", () => { if (number.value) slider.value = number.value; });
		number.addEventListener("change", () => { number.value = slider.value; }); // which keeps it within the limits
	}

	// The controls work while their kernel lives. The focus returns to where it was when Run was pressed.
	const begin = ({ ok }) => {
		if (!ok) say(gone);
		if (!ok || !cell()) return;
		controls.disabled = false;
		const focus = window.mpExploreFocus;
		if (focus?.name !== facts.name) return;
		delete window.mpExploreFocus;
		const elsewhere = document.activeElement !== document.body && !cell().contains(document.activeElement);
		if (!elsewhere) focusable[focus.index]?.focus({ preventScroll: true });
	};
	fetch(server(), { headers: config.token ? { Authorization: `token ${config.token}` } : {} }).then(begin, () => say(gone));
}
