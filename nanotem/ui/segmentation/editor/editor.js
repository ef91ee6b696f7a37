// One editor per mounted element; it lives on between reruns, so that zoom and selection are kept.
const editors = new WeakMap()

export default function (component) {
  const root = component.parentElement.querySelector(".editor")
  if (!editors.has(root)) editors.set(root, new Editor(root))
  const editor = editors.get(root)
  editor.send = component.setTriggerValue
  editor.update(component.data)
  return () => editor.close()
}

const HINTS = {
  select: "Click a particle to select it, Shift+click to select several. Drag to move, wheel to zoom.",
  draw: "Drag round the particle that is missing.",
  grow: "Click inside the particle that is missing.",
  cut: "Drag a line across a particle, from outside to outside.",
  measure: "Drag a line: its length and the grey levels along it are shown.",
}
const TOOL_KEYS = { v: "select", d: "draw", g: "grow", c: "cut", l: "measure" }
const ACTION_KEYS = { Delete: "remove", Backspace: "remove", m: "merge", s: "split", f: "fit" }
const COLOUR = { particle: "#ffb000", edited: "#dc267f", selected: "#00bea0", stroke: "#ffffff" }

class Editor {
  constructor(root) {
    this.root = root
    this.canvas = root.querySelector("canvas")
    this.status = root.querySelector(".status")
    this.context = this.canvas.getContext("2d")
    this.selected = new Set()
    this.tool = "select"
    this.stroke = null
    this.view = null
    this.waiting = []
    this.canvas.onpointerdown = event => this.down(event)
    this.canvas.onpointermove = event => this.move(event)
    this.canvas.onpointerup = event => this.up(event)
    this.canvas.onwheel = event => this.zoom(event)
    root.onkeydown = event => this.key(event)
    for (const button of root.querySelectorAll("[data-tool]")) button.onclick = () => this.choose(button.dataset.tool)
    for (const button of root.querySelectorAll("[data-action]")) button.onclick = () => this.act(button.dataset.action)
    this.observer = new ResizeObserver(() => {
      if (this.fitted) this.view = null
      this.draw()
    })
    this.observer.observe(this.canvas)
  }

  close() {
    this.observer.disconnect()
    editors.delete(this.root)
  }

  update(data) {
    const isNew = !this.data || this.data.image_id !== data.image_id
    const isAnswer = this.data && this.data.n_answered !== data.n_answered
    this.data = data
    this.canvas.style.setProperty("--aspect", `${data.columns} / ${data.rows}`)
    if (isAnswer) this.answered()
    this.edited = new Set(data.edited)
    this.particles = data.labels.map((label, index) => new Particle(label, data.outlines[index]))
    const present = new Set(data.labels)
    this.selected = new Set([...this.selected].filter(label => present.has(label)))
    if (isNew) {
      this.view = this.line = null
      this.picture = new Image()
      this.picture.onload = () => this.draw()
      this.picture.src = data.picture
    }
    if (data.focus && data.focus !== this.focused) this.show(data.focus)
    this.focused = data.focus
    this.draw()
  }

  // Actions go to Python one at a time: a second one sent before the first is answered would replace it.
  ask(action) {
    this.waiting.push(action)
    if (this.waiting.length === 1) this.send("action", action)
  }

  answered() {
    this.waiting.shift()
    if (this.waiting.length) this.send("action", this.waiting[0])
  }

  fit() {
    this.fitted = true
    const { width, height } = this.size()
    const scale = Math.min(width / this.data.columns, height / this.data.rows)
    this.view = {
      scale,
      x: (width - scale * this.data.columns) / 2,
      y: (height - scale * this.data.rows) / 2,
    }
  }

  show(label) {
    const particle = this.particles.find(one => one.label === label)
    if (!particle) return
    const { width, height } = this.size()
    const [left, top, right, bottom] = particle.box
    const scale = Math.min(width, height) / (5 * Math.max(right - left, bottom - top, 5))
    this.view = { scale, x: width / 2 - (scale * (left + right)) / 2, y: height / 2 - (scale * (top + bottom)) / 2 }
    this.selected = new Set([label])
    this.fitted = false
  }

  size() {
    return { width: this.canvas.clientWidth, height: this.canvas.clientHeight }
  }

  draw() {
    const { width, height } = this.size()
    if (!this.data || !width) return
    if (!this.view) this.fit()
    const density = window.devicePixelRatio || 1
    this.canvas.width = width * density
    this.canvas.height = height * density
    const context = this.context
    const { scale, x, y } = this.view
    context.setTransform(density * scale, 0, 0, density * scale, density * x, density * y)
    context.imageSmoothingEnabled = scale < 3
    if (this.picture.complete) context.drawImage(this.picture, 0, 0, this.data.columns, this.data.rows)
    context.translate(0.5, 0.5)
    for (const particle of this.particles) {
      const chosen = this.selected.has(particle.label)
      const kind = chosen ? "selected" : this.edited.has(particle.label) ? "edited" : "particle"
      context.lineWidth = (chosen ? 2.5 : 1.4) / scale
      context.strokeStyle = COLOUR[kind]
      context.stroke(particle.path)
      if (chosen) {
        context.fillStyle = COLOUR.selected + "40"
        context.fill(particle.path)
      }
    }
    const line = this.stroke || (this.tool === "measure" && this.line)
    if (line) {
      context.lineWidth = 2 / scale
      context.strokeStyle = COLOUR.stroke
      context.beginPath()
      for (const [column, row] of line) context.lineTo(column, row)
      context.stroke()
    }
    if (this.tool === "measure" && this.line) this.profile(density, width, height)
    this.describe()
  }

  // The grey levels along the measured line, dark below, in a strip at the foot of the canvas.
  profile(density, width, height) {
    const levels = this.levels()
    const context = this.context
    const high = 70
    context.setTransform(density, 0, 0, density, 0, 0)
    context.fillStyle = "rgba(0, 0, 0, 0.6)"
    context.fillRect(0, height - high, width, high)
    context.beginPath()
    levels.forEach((level, place) => {
      context.lineTo((place / (levels.length - 1)) * width, height - 5 - (level / 255) * (high - 10))
    })
    context.lineWidth = 1.5
    context.strokeStyle = COLOUR.particle
    context.stroke()
  }

  levels() {
    const picture = this.picture
    if (!this.grey || this.grey.picture !== picture) {
      const sheet = new OffscreenCanvas(picture.naturalWidth, picture.naturalHeight).getContext("2d")
      sheet.drawImage(picture, 0, 0)
      this.grey = { picture, data: sheet.getImageData(0, 0, picture.naturalWidth, picture.naturalHeight) }
    }
    const { data, width, height } = this.grey.data
    const [[x0, y0], [x1, y1]] = this.line
    const zoom = width / this.data.columns
    const count = Math.max(Math.ceil(this.length() * zoom), 2)
    const within = (value, side) => Math.min(Math.max(Math.floor(value), 0), side - 1)
    return Array.from({ length: count }, (_, place) => {
      const share = place / (count - 1)
      const column = within((x0 + share * (x1 - x0) + 0.5) * zoom, width)
      const row = within((y0 + share * (y1 - y0) + 0.5) * zoom, height)
      return data[4 * (row * width + column)]
    })
  }

  length() {
    const [[x0, y0], [x1, y1]] = this.line
    return Math.hypot(x1 - x0, y1 - y0)
  }

  measured() {
    if (this.tool !== "measure" || !this.line) return ""
    const nm = this.data.nm_per_px ? ` = ${(this.length() * this.data.nm_per_px).toPrecision(4)} nm` : ""
    return `${this.length().toFixed(1)} px${nm}. `
  }

  describe() {
    const count = this.selected.size
    const actions = { remove: count > 0, merge: count > 1, split: count === 1, undo: this.data.can_undo, redo: this.data.can_redo, fit: true }
    for (const [name, possible] of Object.entries(actions)) {
      this.root.querySelector(`[data-action=${name}]`).disabled = !possible
    }
    for (const button of this.root.querySelectorAll("[data-tool]")) {
      button.classList.toggle("on", button.dataset.tool === this.tool)
    }
    const chosen = count ? `${count} selected. ` : ""
    this.status.textContent = this.measured() + chosen + HINTS[this.tool]
  }

  place(event) {
    const { scale, x, y } = this.view
    return [(event.offsetX - x) / scale - 0.5, (event.offsetY - y) / scale - 0.5]
  }

  down(event) {
    this.root.focus({ preventScroll: true })
    this.canvas.setPointerCapture(event.pointerId)
    this.start = { x: event.offsetX, y: event.offsetY, view: { ...this.view }, moved: false }
    if (["draw", "cut", "measure"].includes(this.tool)) this.stroke = [this.place(event)]
  }

  move(event) {
    if (!this.start) return
    const dx = event.offsetX - this.start.x
    const dy = event.offsetY - this.start.y
    if (Math.hypot(dx, dy) > 3) this.start.moved = true
    if (this.stroke && this.tool === "measure") this.stroke = this.line = [this.stroke[0], this.place(event)]
    else if (this.stroke) this.stroke.push(this.place(event))
    else if (this.start.moved) this.fitted = !(this.view = { ...this.view, x: this.start.view.x + dx, y: this.start.view.y + dy })
    this.draw()
  }

  up(event) {
    const moved = this.start && this.start.moved
    this.start = null
    if (this.stroke) {
      const points = this.stroke.map(([column, row]) => [row, column])
      this.stroke = null
      if (this.tool === "measure") this.line = moved ? this.line : null
      else if (moved) this.ask({ kind: this.tool, points })
    } else if (!moved) {
      this.click(event)
    }
    this.draw()
  }

  click(event) {
    const [column, row] = this.place(event)
    if (this.tool === "grow") {
      this.ask({ kind: "grow", points: [[row, column]] })
      return
    }
    const hit = this.particles.find(one => one.contains(column, row))
    if (!event.shiftKey) this.selected.clear()
    if (!hit) return
    if (event.shiftKey && this.selected.has(hit.label)) this.selected.delete(hit.label)
    else this.selected.add(hit.label)
  }

  zoom(event) {
    event.preventDefault()
    const factor = Math.exp(-event.deltaY / 400)
    const { scale, x, y } = this.view
    const next = Math.min(Math.max(scale * factor, 0.02), 60)
    const ratio = next / scale
    this.fitted = false
    this.view = { scale: next, x: event.offsetX - ratio * (event.offsetX - x), y: event.offsetY - ratio * (event.offsetY - y) }
    this.draw()
  }

  key(event) {
    const command = event.ctrlKey || event.metaKey
    if (command && event.key === "z") this.act(event.shiftKey ? "redo" : "undo")
    else if (command && event.key === "y") this.act("redo")
    else if (command) return
    else if (event.key === "Escape") this.selected.clear()
    else if (event.key === "n" || event.key === "p") this.step(event.key === "n" ? 1 : -1)
    else if (TOOL_KEYS[event.key]) this.choose(TOOL_KEYS[event.key])
    else if (ACTION_KEYS[event.key]) this.act(ACTION_KEYS[event.key])
    else return
    event.preventDefault()
    event.stopPropagation()
    this.draw()
  }

  step(by) {
    const labels = this.data.labels
    if (!labels.length) return
    const current = labels.indexOf([...this.selected].pop())
    this.show(labels[(current + by + labels.length) % labels.length])
  }

  choose(tool) {
    this.tool = tool
    this.draw()
  }

  act(action) {
    if (action === "fit") this.fit()
    else if (action === "undo" || action === "redo") this.ask({ kind: action })
    else if (!this.root.querySelector(`[data-action=${action}]`).disabled) {
      this.ask({ kind: action, labels: [...this.selected] })
    }
    this.draw()
  }
}

class Particle {
  constructor(label, points) {
    this.label = label
    this.points = points
    this.path = new Path2D()
    this.box = [Infinity, Infinity, -Infinity, -Infinity]
    for (let i = 0; i < points.length; i += 2) {
      this.path.lineTo(points[i], points[i + 1])
      this.box[0] = Math.min(this.box[0], points[i])
      this.box[1] = Math.min(this.box[1], points[i + 1])
      this.box[2] = Math.max(this.box[2], points[i])
      this.box[3] = Math.max(this.box[3], points[i + 1])
    }
    this.path.closePath()
  }

  contains(column, row) {
    const [left, top, right, bottom] = this.box
    if (column < left - 0.5 || column > right + 0.5 || row < top - 0.5 || row > bottom + 0.5) return false
    if (this.points.length < 6) return true
    let inside = false
    const points = this.points
    for (let i = 0, j = points.length - 2; i < points.length; j = i, i += 2) {
      const crosses = points[i + 1] > row !== points[j + 1] > row
      if (crosses && column < ((points[j] - points[i]) * (row - points[i + 1])) / (points[j + 1] - points[i + 1]) + points[i]) inside = !inside
    }
    return inside
  }
}
