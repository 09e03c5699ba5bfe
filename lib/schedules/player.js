(facts) => {
	"use strict";
	const panel = document.currentScript.parentElement.querySelector(".mp-play");
	const [choices] = panel.querySelectorAll(".mp-choices");
	const [back, restart] = panel.querySelectorAll("[data-do]");
	const status = panel.querySelector("[role=status]");
	const score = panel.querySelector(".mp-score");
	const table = panel.querySelector(".mp-steps");

	const { lanes, shown, variables, words, states } = facts;
	const breakable = states.some((state) => state.end?.failure);
	let path = []; // the steps so far
	let tries = 0;
	let broken = 0;

	const element = (parent, kind, role, text) => {
		const made = document.createElement("div");
		made.className = kind;
		if (role) made.setAttribute("role", role);
		made.textContent = text;
		parent.append(made);
		return made;
	};
	const current = () => states[path.length ? path.at(-1).to : facts.begin];
	const named = ([lane, what, line, to, partner = -1, meets, ...races]) => ({ lane, what: words[what], line, to, partner, meets: words[meets], races });

	// name is by what Replay knows the schedule: the steps that are not the usual ones.
	const name = () => {
		const deviations = [];
		path.forEach(({ chosen, moves }, i) => {
			const last = path[i - 1]?.lane;
			const usual = Math.max(0, moves.findIndex((move) => move.lane === last || move.partner === last && last !== undefined));
			if (chosen === usual) return;
			const { lane } = moves[chosen];
			const nth = moves.slice(0, chosen + 1).filter((move) => move.lane === lane).length;
			deviations.push(`${lane + 1}${nth > 1 ? `.${nth}` : ""}@${i + 1}`);
		});
		return (deviations.join() || "usual") + (facts.strict ? "!" : "");
	};

	// racing are the steps of the path that are in a data race.
	const racing = () => {
		const found = new Set();
		path.forEach((step, i) => {
			for (const [, lane, nth] of step.races) {
				const ofLane = [...path.keys()].filter((k) => path[k].lane === lane || path[k].partner === lane);
				found.add(i).add(ofLane[nth - 1]);
			}
		});
		return found;
	};

	const describe = (move) => `${lanes[move.lane]}: ${move.what}` + (move.partner < 0 ? "" : `; ${lanes[move.partner]}: ${move.meets || "receives"}`);
	const raceText = (steps) => {
		const names = [...new Set(steps.flatMap((step) => step.races).map(([word]) => words[word]))];
		return names.length ? `data race on ${names.join(" and ")}` : "";
	};

	const announce = () => {
		const { end } = current();
		const last = path.at(-1);
		let text = last ? `Step ${path.length}, ${describe(last)}.` : "No step was taken yet.";
		const race = last && raceText([last]);
		if (race) text += ` ⚡ ${race}: nothing orders the two dashed steps.`;
		if (end?.failure) {
			text = `✗ ${end.failure}. You broke it. This is schedule ${name()}.`;
		} else if (end) {
			const raced = raceText(path);
			text = (raced ? `Nothing failed, but there is a ${raced}.` : "Nothing went wrong.") + ` This is schedule ${name()}. ` +
				(breakable ? "Another schedule breaks the program: can you find it?" : "No schedule fails.");
		}
		status.textContent = text;
		status.classList.toggle("mp-wrong", Boolean(end?.failure || race));
		score.textContent = tries ? `You broke it in ${broken} of ${tries} ${tries === 1 ? "try" : "tries"}.` : "";
	};

	const longest = Math.max(6, ...states.map((state) => state.values.reduce((sum, value, v) => sum + `${variables[v]} ${words[value]}  `.length, 0)));
	const places = Math.max(0, ...states.flatMap((state) => state.moves ?? []).map(([, , line]) => String(line).length));
	const columns = `2.5em ${places > 4 ? `${places + 1}ch` : "2.5em"} repeat(${shown.length}, minmax(112px, 1fr))` + (variables.length ? ` ${Math.min(longest, 40) + 2}ch` : "");
	const draw = () => {
		table.replaceChildren();
		const row = () => {
			const made = element(table, "", "row", "");
			made.style.gridTemplateColumns = columns;
			return made;
		};
		const cells = (parent, content) => shown.forEach((lane) => {
			const cell = element(parent, "mp-cell", "cell", "");
			const [text, kind] = content(lane) ?? [];
			if (text) element(cell, `mp-box ${kind}`, "", text).title = `${lanes[lane]}: ${text}`;
		});
		const values = (parent, now, before) => variables.forEach((variable, v) => {
			const cell = parent.lastChild.className === "mp-values" ? parent.lastChild : element(parent, "mp-values", "cell", "");
			const value = document.createElement(before && before.values[v] !== now.values[v] ? "strong" : "span");
			value.textContent = `${variable} ${words[now.values[v]]}`;
			cell.append(v ? "  " : "", value);
		});
		const head = row();
		element(head, "", "columnheader", "step");
		element(head, "", "columnheader", "line");
		for (const lane of shown) element(head, "mp-lane", "columnheader", lanes[lane]);
		if (variables.length) element(head, "mp-values", "columnheader", "").append("values");
		const races = racing();
		let before = states[facts.begin];
		if (variables.length) {
			const begin = row();
			element(begin, "mp-number", "cell", "");
			element(begin, "mp-number", "cell", "");
			cells(begin, () => undefined);
			values(begin, before);
		}
		path.forEach((step, i) => {
			const line = row();
			element(line, "mp-number", "cell", i + 1);
			element(line, "mp-number", "cell", step.line || "");
			cells(line, (lane) => {
				if (lane === step.lane) return races.has(i) ? [`⚡ ${step.what}`, "mp-race"] : [step.what, ""];
				if (lane === step.partner) return [step.meets || "receives", ""];
			});
			values(line, states[step.to], before);
			before = states[step.to];
		});
		const { end } = current();
		if (!end?.failure) return;
		const line = row();
		element(line, "mp-number", "cell", "");
		element(line, "mp-number", "cell", "");
		cells(line, (lane) => {
			if (end.waiting?.[lane]) return ["✗ waits", "mp-wrong"];
			if (lane === end.failed && !end.waiting) return [`✗ ${end.failure}`, "mp-wrong"];
		});
	};

	// offer makes a button for each step that is possible. The focus stays with the goroutine that took the last one,
	// and goes to the message at the end, so that one more Enter does nothing.
	const offer = (focus) => {
		const moves = (current().moves ?? []).map(named);
		choices.replaceChildren(...moves.map((move, chosen) => {
			const button = document.createElement("button");
			button.type = "button";
			button.dataset.move = lanes[move.lane];
			button.textContent = describe(move);
			button.addEventListener("click", () => {
				path.push({ ...move, chosen, moves });
				const { end } = current();
				if (end) tries++;
				if (end?.failure) broken++;
				show(true);
			});
			return button;
		}));
		back.disabled = restart.disabled = path.length === 0;
		if (!focus) return;
		const buttons = [...choices.children];
		(buttons.find((button) => button.dataset.move === lanes[path.at(-1)?.lane]) ?? buttons[0] ?? status).focus({ preventScroll: true });
	};
	const show = (focus) => {
		draw();
		offer(focus);
		announce();
	};
	back.addEventListener("click", () => {
		path.pop();
		show(path.length === 0);
		if (path.length) back.focus({ preventScroll: true });
	});
	restart.addEventListener("click", () => {
		path = [];
		show(true);
	});

	show(false);
}
