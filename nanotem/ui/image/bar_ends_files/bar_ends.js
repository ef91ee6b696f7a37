// Both ends of the scale bar under a magnifying glass, each with a line that is dragged or moved by the arrow keys.
const LINE = "#d55e00"
const FINE_PX = 0.1
const COARSE_PX = 1

export default function (component) {
  const root = component.parentElement.querySelector(".bar-ends")
  const ends = component.data.ends.map(end => end.column)
  const describe = () => {
    const length = (ends[1] - ends[0]).toFixed(1)
    root.querySelector(".status").textContent = `${length} px. Drag an end, or move it with ← and → (Shift: by a whole pixel).`
  }
  const glasses = [...root.querySelectorAll("canvas")].map((canvas, index) => {
    const moved = column => {
      ends[index] = column
      describe()
    }
    return new Glass(canvas, component.data.ends[index], moved, () => component.setTriggerValue("ends", [...ends]))
  })
  describe()
  return () => glasses.forEach(glass => glass.close())
}

class Glass {
  constructor(canvas, end, moved, settled) {
    Object.assign(this, { canvas, end, moved, settled, column: end.column, from: null })
    this.picture = new Image()
    this.picture.onload = () => this.draw()
    this.picture.src = end.picture
    canvas.onpointerdown = event => this.down(event)
    canvas.onpointermove = event => this.move(event)
    canvas.onpointerup = () => this.up()
    canvas.onkeydown = event => this.key(event)
    canvas.onkeyup = event => event.key.startsWith("Arrow") && this.settle()
    this.observer = new ResizeObserver(() => this.draw())
    this.observer.observe(canvas)
  }

  close() {
    this.observer.disconnect()
  }

  // Canvas pixels per image pixel.
  get zoom() {
    return this.canvas.clientWidth / this.end.columns
  }

  draw() {
    const { canvas, picture, zoom } = this
    const density = window.devicePixelRatio || 1
    canvas.width = canvas.clientWidth * density
    canvas.height = canvas.clientHeight * density
    const context = canvas.getContext("2d")
    context.scale(density, density)
    context.imageSmoothingEnabled = false
    const height = zoom * this.end.rows
    if (picture.complete) {
      context.drawImage(picture, 0, (canvas.clientHeight - height) / 2, canvas.clientWidth, height)
    }
    const x = zoom * (this.column - this.end.first_column + 0.5)
    context.fillStyle = LINE
    context.fillRect(x - 1, 0, 2, canvas.clientHeight)
    canvas.setAttribute("aria-valuenow", this.column.toFixed(1))
  }

  down(event) {
    this.canvas.setPointerCapture(event.pointerId)
    this.from = { x: event.offsetX, column: this.column }
  }

  move(event) {
    if (this.from) this.put(this.from.column + (event.offsetX - this.from.x) / this.zoom)
  }

  up() {
    this.from = null
    this.settle()
  }

  key(event) {
    const direction = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
    if (!direction) return
    event.preventDefault()
    this.put(this.column + direction * (event.shiftKey ? COARSE_PX : FINE_PX))
  }

  put(column) {
    const first = this.end.first_column
    this.column = Math.min(Math.max(column, first), first + this.end.columns - 1)
    this.moved(this.column)
    this.draw()
  }

  settle() {
    if (this.column !== this.end.column) this.settled()
  }
}
