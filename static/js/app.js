/* Small comforts on top of pages that work without them. No page needs this file.
 * Everything is delegated from the document, so parts that htmx exchanges need no set-up. */
(function () {
	"use strict";
	var doc = document;

	function text(words, value) {
		return words.replace("{0}", value);
	}

	function isTyping(target) {
		return target.closest("input, select, textarea, [contenteditable]") !== null;
	}

	/* Ages in words, from the time that stands in the page. */
	function ages() {
		var words = doc.body.dataset, now = Date.now();
		doc.querySelectorAll("time.age[datetime]").forEach(function (time) {
			var s = Math.round((now - Date.parse(time.dateTime)) / 1000);
			if (isNaN(s))
				return;
			var said = s < 10 ? words.ageNow : s < 60 ? text(words.ageSeconds, s) :
				s < 3600 ? text(words.ageMinutes, Math.floor(s / 60)) :
				s < 86400 ? text(words.ageHours, Math.floor(s / 3600)) :
				text(words.ageDays, Math.floor(s / 86400));
			if (time.textContent !== said)
				time.textContent = said;
		});
	}
	setInterval(function () {
		if (!doc.hidden)
			ages();
	}, 10000);

	/* Ticks: ranges with shift, all at once, a count, and memory across refreshes. */
	var last = null, ticked = new Set(), every = false;

	function key(tick) {
		return tick.name + "=" + tick.value;
	}
	function ticksOf(form) {
		return Array.from(form.querySelectorAll("input.tick"));
	}
	function groupOf(all) {
		return all.closest("[data-tick-group]") || all.closest("[data-ticks]");
	}
	function count(form) {
		form.querySelectorAll("[data-tick-count]").forEach(function (place) {
			var n = every ? place.dataset.every : form.querySelectorAll("input.tick:checked").length;
			place.textContent = n ? text(place.dataset.text, n) : "";
		});
		form.querySelectorAll("[data-tick-all]").forEach(function (all) {
			var ticks = ticksOf(groupOf(all)), n = ticks.filter(function (t) { return t.checked; }).length;
			all.checked = n > 0 && n === ticks.length;
			all.indeterminate = n > 0 && n < ticks.length;
		});
	}
	/* All of a filter stands for the ticks: nothing is ticked beside it. */
	function setEvery(form, on) {
		every = on;
		form.querySelectorAll("[data-tick-every]").forEach(function (box) { box.checked = on; });
		if (on)
			setAll(form, false);
	}
	function setAll(place, on) {
		ticksOf(place).forEach(function (tick) { setTick(tick, on); });
	}
	function setTick(tick, on) {
		tick.checked = on;
		ticked[on ? "add" : "delete"](key(tick));
	}
	/* An address holds so many ticks and no more; when they are all of the filter it need not. */
	doc.addEventListener("submit", function (event) {
		var ticks = event.target.matches("[data-ticks]") ? ticksOf(event.target) : [];
		if (ticks.length > 500 && ticks.every(function (t) { return t.checked; }))
			setEvery(event.target, true);
	});
	doc.addEventListener("click", function (event) {
		var tick = event.target, form = tick.closest("[data-ticks]");
		if (!form)
			return;
		if (tick.matches("[data-tick-every]"))
			setEvery(form, tick.checked);
		else if (every && tick.matches(".tick, [data-tick-all]"))
			setEvery(form, false);
		if (tick.closest("[data-tick-clear]")) {
			setEvery(form, false);
			setAll(form, false);
		}
		else if (tick.matches("[data-tick-all]"))
			setAll(groupOf(tick), tick.checked);
		else if (tick.matches(".tick")) {
			var all = ticksOf(form), from = all.indexOf(last), to = all.indexOf(tick);
			if (event.shiftKey && from >= 0)
				all.slice(Math.min(from, to), Math.max(from, to) + 1).forEach(function (t) { setTick(t, tick.checked); });
			setTick(tick, tick.checked);
			last = tick;
		}
		count(form);
	});

	/* Polling rests while nobody looks, and says so when the server does not answer. */
	function isPoll(event) {
		var source = event.detail && event.detail.ctx && event.detail.ctx.sourceElement;
		return source && /every/.test(source.getAttribute("hx-trigger") || "");
	}
	doc.addEventListener("htmx:before:request", function (event) {
		if (doc.hidden && isPoll(event))
			event.preventDefault();
	});
	/* When the session ended, the whole page goes to the sign-in and not a part of it; a refresh that
	 * failed keeps what is shown. */
	doc.addEventListener("htmx:before:swap", function (event) {
		var answer = event.detail.ctx.response && event.detail.ctx.response.raw;
		if (!answer)
			return;
		if (answer.redirected && new URL(answer.url).pathname === "/login") {
			event.preventDefault();
			location.reload();
		} else if (!answer.ok && isPoll(event)) {
			event.preventDefault();
			offline(true);
		}
	});
	function offline(is) {
		var live = doc.getElementById("live");
		live.textContent = is ? doc.body.dataset.offline : "";
		live.className = is ? "notice notice-danger offline" : "visually-hidden";
	}
	doc.addEventListener("htmx:error", function () { offline(true); });
	doc.addEventListener("htmx:after:swap", function () {
		offline(false);
		ages();
		reach();
		doc.querySelectorAll("[data-ticks]").forEach(function (form) {
			ticksOf(form).forEach(function (t) { t.checked = ticked.has(key(t)); });
			form.querySelectorAll("[data-tick-every]").forEach(function (box) { box.checked = every; });
			count(form);
		});
	});

	/* Keys: "/" searches, arrows walk the tiles, Escape closes a menu. */
	function walk(tile, code) {
		var all = Array.from(doc.querySelectorAll(".tile-link")), here = tile.getBoundingClientRect();
		if (code === "ArrowLeft" || code === "ArrowRight")
			return all[all.indexOf(tile) + (code === "ArrowRight" ? 1 : -1)];
		var down = code === "ArrowDown", best = null, distance = Infinity;
		all.forEach(function (other) {
			var there = other.getBoundingClientRect(), y = down ? there.top - here.top : here.top - there.top;
			var d = y * 10 + Math.abs(there.left - here.left);
			if (y > 1 && d < distance) {
				best = other;
				distance = d;
			}
		});
		return best;
	}
	doc.addEventListener("keydown", function (event) {
		if (event.ctrlKey || event.metaKey || event.altKey)
			return;
		var search = doc.getElementById("list-search") || doc.getElementById("search");
		if (event.key === "/" && search && !isTyping(event.target)) {
			event.preventDefault();
			search.focus();
			search.select();
		} else if (/^Arrow/.test(event.key) && event.target.matches(".tile-link")) {
			var next = walk(event.target, event.key) || (event.key === "ArrowUp" && doc.querySelector("[data-hits]"));
			if (next) {
				event.preventDefault();
				next.focus();
			}
		} else if (event.key === "ArrowDown" && event.target.matches("[data-hits]")) {
			var hit = doc.querySelector(".tile-link");
			if (hit) {
				event.preventDefault();
				hit.focus();
			}
		} else if (event.key === "Escape" && doc.querySelector("[data-escape]")) {
			doc.querySelector("[data-escape]").click();
		} else if (event.key === "Escape")
			doc.querySelectorAll("details.menu[open]").forEach(function (menu) {
				menu.open = false;
				menu.querySelector("summary").focus();
			});
	});
	doc.addEventListener("click", function (event) {
		doc.querySelectorAll("details.menu[open]").forEach(function (menu) {
			if (!menu.contains(event.target))
				menu.open = false;
		});
	});

	/* A table wider than its box can be scrolled with the keys. */
	function reach() {
		doc.querySelectorAll(".table-wrap").forEach(function (wrap) {
			if (wrap.scrollWidth > wrap.clientWidth)
				wrap.tabIndex = 0;
			else
				wrap.removeAttribute("tabindex");
		});
	}
	window.addEventListener("resize", reach);

	/* A link that fills a field in does so here, and keeps what else was typed. */
	doc.addEventListener("click", function (event) {
		var link = event.target.closest("[data-fill]");
		if (!link)
			return;
		var field = doc.getElementById(link.dataset.fill);
		event.preventDefault();
		field.value = link.dataset.value;
		field.dispatchEvent(new Event("input", { bubbles: true }));
		field.focus();
	});

	/* Ctrl+P on a document prints its receipt, and the receipt opens the printer's window by itself. */
	doc.addEventListener("keydown", function (event) {
		var form = doc.querySelector("form[data-print]");
		if (!form || event.key.toLowerCase() !== "p" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey)
			return;
		event.preventDefault();
		form.requestSubmit();
	});
	if (doc.querySelector("[data-print-now]"))
		window.addEventListener("load", function () { window.print(); });

	/* Money that is counted by pieces: each line and the total as one types. */
	function money(sign, fen) {
		return fen ? sign + (fen / 100).toLocaleString("en-US", { minimumFractionDigits: 2 }) : "";
	}
	doc.addEventListener("input", function (event) {
		var table = event.target.closest("[data-counts]"), total = 0;
		if (!table)
			return;
		table.querySelectorAll("input[data-fen]").forEach(function (input) {
			var fen = /^\d{1,6}$/.test(input.value) ? input.value * input.dataset.fen : 0;
			input.closest("tr").querySelector("[data-line]").textContent = money(table.dataset.sign, fen);
			total += fen;
		});
		table.querySelector("[data-total]").textContent = money(table.dataset.sign, total);
	});

	/* Forms are sent once: a second press while the answer is under way does nothing. */
	doc.addEventListener("submit", function (event) {
		var form = event.target;
		if (form.method !== "post" || event.defaultPrevented)
			return;
		if (form.dataset.sent)
			event.preventDefault();
		form.dataset.sent = "1";
	});
	window.addEventListener("pageshow", function (event) {
		doc.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
		if (event.persisted)
			ages();
	});

	var errors = doc.getElementById("errors");
	if (errors)
		errors.focus();
	ages();
	reach();
})();
