/* The bar of 24 hours and the sums of the price editor, drawn from the form. The rows of the form are
 * the truth: whatever is painted is written into them, and without this file they are typed. */
(function () {
	"use strict";
	var doc = document, SVG = "http://www.w3.org/2000/svg", DAY = 1440, STEP = 30;
	var PERIODS = ["sharp", "peak", "flat", "valley", "deep"];
	var form = doc.querySelector("[data-tariff]");

	if (!form)
		return;

	function wordOf(period) {
		var word = doc.querySelector("#tou-words .tou-" + period);
		return word ? word.textContent : period;
	}
	function two(n) {
		return (n < 10 ? "0" : "") + n;
	}
	function timeText(minute) {
		return two(Math.floor(minute / 60)) + ":" + two(minute % 60);
	}
	function readTime(text) {
		var match = /^(\d{1,2}):(\d{2})$/.exec(text.trim());
		return match && match[1] < 24 && match[2] < 60 ? match[1] * 60 + +match[2] : -1;
	}
	function fill(words, values) {
		return words.replace(/\{(\d)\}/g, function (all, n) { return values[n]; });
	}
	function say(text) {
		doc.getElementById("live").textContent = text;
	}

	/* ---- rows of a day ---- */

	function rowsOf(day) {
		return Array.from(day.querySelectorAll("[data-row]"));
	}
	function readSlots(day) {
		return rowsOf(day).map(function (row) {
			return { at: readTime(row.querySelector("input").value), period: row.querySelector("select").value };
		}).filter(function (slot) {
			return slot.at >= 0;
		}).sort(function (a, b) {
			return a.at - b.at;
		});
	}
	/* A new row is a copy of the last one with the next number in its names. */
	function addRow(day) {
		var rows = rowsOf(day), last = rows[rows.length - 1], row = last.cloneNode(true);
		row.querySelectorAll("input, select").forEach(function (field) {
			field.name = field.name.replace(/\d+$/, rows.length);
			field.setAttribute("aria-label", field.getAttribute("aria-label").replace(/\d+$/, rows.length));
			field.value = field.tagName === "INPUT" ? "" : field.value;
		});
		last.parentNode.appendChild(row);
	}
	function writeSlots(day, slots) {
		while (rowsOf(day).length < Math.min(slots.length + 1, +form.dataset.slots))
			addRow(day);
		rowsOf(day).forEach(function (row, i) {
			row.querySelector("input").value = i < slots.length ? timeText(slots[i].at) : "";
			if (i < slots.length)
				row.querySelector("select").value = slots[i].period;
		});
	}

	/* ---- painting ---- */

	function periodAt(slots, minute) {
		var found = null;
		slots.forEach(function (slot) {
			if (slot.at <= minute)
				found = slot.period;
		});
		return found;
	}
	/* Slots with [from, to) set to the period; neighbours of one period are one slot. */
	function paint(slots, from, to, period) {
		var after = periodAt(slots, to) || period, kept = slots.filter(function (slot) {
			return slot.at < from || slot.at > to;
		});
		kept.push({ at: from, period: period });
		if (to < DAY)
			kept.push({ at: to, period: after });
		if (from > 0 && !slots.some(function (slot) { return slot.at === 0; }))
			kept.push({ at: 0, period: "flat" });
		kept.sort(function (a, b) { return a.at - b.at; });
		return kept.filter(function (slot, i) {
			return i === 0 || slot.period !== kept[i - 1].period;
		});
	}

	function rect(className, x, width) {
		var node = doc.createElementNS(SVG, "rect");
		node.setAttribute("class", className);
		node.setAttribute("x", x);
		node.setAttribute("y", 0);
		node.setAttribute("width", width);
		node.setAttribute("height", 40);
		return node;
	}

	function Bar(day, place) {
		var bar = this;
		this.day = day;
		this.cursor = 0;
		this.brush = "peak";
		this.from = null;
		this.svg = doc.createElementNS(SVG, "svg");
		this.svg.setAttribute("class", "paint");
		this.svg.setAttribute("viewBox", "0 0 1440 40");
		this.svg.setAttribute("preserveAspectRatio", "none");
		this.svg.setAttribute("tabindex", "0");
		this.svg.setAttribute("role", "slider");
		this.svg.setAttribute("aria-label", place.dataset.label);
		this.svg.setAttribute("aria-valuemin", 0);
		this.svg.setAttribute("aria-valuemax", DAY - STEP);
		this.brushes = doc.createElement("div");
		this.brushes.className = "brushes";
		PERIODS.forEach(function (period, i) {
			var button = doc.createElement("button");
			button.type = "button";
			button.className = "btn btn-quiet";
			button.dataset.brush = period;
			var key = doc.createElement("span");
			key.className = "tou-key tou-" + period;
			key.textContent = (i + 1) + " " + wordOf(period);
			button.appendChild(key);
			button.addEventListener("click", function () { bar.choose(period); });
			bar.brushes.appendChild(button);
		});
		var hours = doc.createElement("div"), hint = doc.createElement("p");
		hours.className = "tou-hours";
		hours.setAttribute("aria-hidden", "true");
		["0", "6", "12", "18", "24"].forEach(function (hour) {
			var span = doc.createElement("span");
			span.textContent = hour;
			hours.appendChild(span);
		});
		hint.className = "form-text";
		hint.textContent = place.dataset.hint;
		place.append(this.brushes, this.svg, hours, hint);
		this.choose("peak");
		this.draw();
		this.listen();
	}
	Bar.prototype.choose = function (period) {
		this.brush = period;
		this.brushes.querySelectorAll("button").forEach(function (button) {
			button.setAttribute("aria-pressed", button.dataset.brush === period);
		});
	};
	Bar.prototype.draw = function () {
		var slots = readSlots(this.day), svg = this.svg;
		svg.replaceChildren();
		slots.forEach(function (slot, i) {
			var end = i + 1 < slots.length ? slots[i + 1].at : DAY;
			svg.appendChild(rect("tou-" + slot.period, slot.at, Math.max(0, end - slot.at)));
		});
		svg.appendChild(rect("paint-cursor", this.cursor, STEP));
		var period = periodAt(slots, this.cursor);
		svg.setAttribute("aria-valuenow", this.cursor);
		svg.setAttribute("aria-valuetext", fill(form.dataset.now, [timeText(this.cursor), period ? wordOf(period) : "–"]));
	};
	Bar.prototype.set = function (from, to, period) {
		var slots = paint(readSlots(this.day), from, to, period);
		if (slots.length > +form.dataset.slots) {
			say(fill(form.dataset.full, [form.dataset.slots]));
			return;
		}
		writeSlots(this.day, slots);
		this.draw();
	};
	Bar.prototype.minuteOf = function (event) {
		var box = this.svg.getBoundingClientRect();
		var minute = Math.floor((event.clientX - box.left) / box.width * DAY / STEP) * STEP;
		return Math.min(Math.max(minute, 0), DAY - STEP);
	};
	Bar.prototype.drag = function (event) {
		var here = this.minuteOf(event);
		this.cursor = here;
		this.set(Math.min(this.from, here), Math.max(this.from, here) + STEP, this.brush);
	};
	Bar.prototype.move = function (by, isPainting) {
		var next = Math.min(Math.max(this.cursor + by, 0), DAY - STEP);
		if (isPainting)
			this.set(Math.min(this.cursor, next), Math.max(this.cursor, next) + STEP, this.brush);
		this.cursor = next;
		this.draw();
	};
	Bar.prototype.key = function (event) {
		var moves = { ArrowLeft: -STEP, ArrowDown: -STEP, ArrowRight: STEP, ArrowUp: STEP, PageDown: -4 * STEP, PageUp: 4 * STEP, Home: -DAY, End: DAY };
		var digit = /^(?:Digit|Numpad)([1-5])$/.exec(event.code);
		if (event.ctrlKey || event.metaKey || event.altKey)
			return;
		if (event.key in moves) {
			this.move(moves[event.key], event.shiftKey);
		} else if (digit) {
			this.choose(PERIODS[digit[1] - 1]);
			this.set(this.cursor, this.cursor + STEP, this.brush);
			this.move(STEP, false);
		} else {
			return;
		}
		event.preventDefault();
	};
	Bar.prototype.listen = function () {
		var bar = this, svg = this.svg;
		svg.addEventListener("pointerdown", function (event) {
			if (event.button !== 0)
				return;
			svg.setPointerCapture(event.pointerId);
			bar.from = bar.minuteOf(event);
			bar.drag(event);
		});
		svg.addEventListener("pointermove", function (event) {
			if (bar.from !== null)
				bar.drag(event);
		});
		["pointerup", "pointercancel"].forEach(function (name) {
			svg.addEventListener(name, function () { bar.from = null; });
		});
		svg.addEventListener("keydown", function (event) { bar.key(event); });
		bar.day.addEventListener("input", function () { bar.draw(); });
	};

	/* ---- sums ---- */

	function micro(text) {
		var match = /^(\d{1,3})(?:\.(\d{1,6}))?$/.exec(text.trim());
		return match ? match[1] * 1000000 + +((match[2] || "") + "000000").slice(0, 6) : NaN;
	}
	function priceText(value) {
		var text = Math.floor(value / 1000000) + "." + String(1000000 + value % 1000000).slice(1);
		return text.replace(/0{1,2}$/, "");
	}
	function sums() {
		PERIODS.forEach(function (period) {
			var total = 0, isAny = false;
			form.querySelectorAll("[data-component] [data-period=" + period + "]").forEach(function (field) {
				if (field.value.trim() === "")
					return;
				isAny = true;
				total += micro(field.value);
			});
			form.querySelector("[data-sum=" + period + "]").textContent = !isAny ? "" : isNaN(total) ? "–" : priceText(total);
		});
	}

	form.querySelectorAll("[data-day]").forEach(function (day) {
		new Bar(day, day.querySelector("[data-bar-place]"));
	});
	form.addEventListener("input", sums);
	sums();
})();
