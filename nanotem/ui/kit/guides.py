"""The user guide, one part per page, shown where the questions arise."""

IMAGE = """
1. **Drop a micrograph**, or take an example. Files are recognised by their content, whatever their name. Several at
   once are analysed on the page Batch.
2. **Look at the outlines.** Each should be one particle. What is wrong is corrected on the page Segmentation.
3. **Look at the scale.** A microscope's own file brings it along. In a PNG or JPEG it is in the scale bar, which is
   found and read: open *Check or set the scale* and look whether the frames are on the bar and its label, and the
   number is right. If not, draw a rectangle round the bar and its label, or type the number. A doubtful reading is
   never used unasked.
4. **See the sizes.** Whatever is done is kept for some hours under the address of the page: a reload loses nothing
   but a study of the page Batch, and a film of more than 256 MB, which are to be downloaded.
   Whoever has the whole address sees your work, so give away files, not the address.

A wrong scale makes every size wrong in the same way. The uncertainty given here is that of the two ends of the bar;
the calibration of the microscope itself is often only good to a few per cent.
"""

PREPROCESS = """
- **Drag the line over the micrograph.** Under it lies the mask: white should be particles, all of them, and nothing
  else. Touching particles may still be one piece. The steps below say where something went wrong.
- *Faint particles are missing*: lower the share of Otsu's level, or the faintest particle.
- *Noise or texture is white*: raise them, blur more, or open once more.
- *One side of the image is all white*: make the background scale smaller, or use a local threshold.
- *Everything is inverted*: say yourself whether particles are dark or bright. Automatic goes by the shape of the
  background, until what is found on the page Segmentation says otherwise.
- Contrast and sharpening are there for images that need them; Otsu's threshold is not helped by contrast alone.
"""

SEGMENTATION = """
- **Each outline should be one particle.** What is not is merged, cut, drawn or removed on the image; *Measure* gives
  the length of a line and the grey levels along it.
- *Automatic* hears witnesses: watersheds that cut at necks, and a neural network that looks at one scale or several.
  From how far they agree a judge tells how likely each proposal is one particle, outlined right; the likely ones that
  do not overlap are kept. The count comes with an interval that holds those that may be false or missing.
- *Dirt is counted*: raise the least probability, or the smallest diameter for specks. *Faint particles are missing*:
  lower the least probability. *A few small particles among large ones are missing*, and a note says so: switch on
  *Count all that is clear*.
- With a threshold of your own, or without the network, the neck ratio decides. Choose *neck ratio* or *learned*
  yourself to tune either:
- *Touching particles are one*: raise the neck ratio, or lower the grey valley for particles that lie side by side.
- *One particle is cut*: lower the neck ratio; for textured particles raise the grey valley.
- The other methods are the classical ones: local maxima need a distance that fits the size; the sure foreground
  needs particles of one size; its normalised form copes with several sizes, as long as big and small do not touch.
"""

SIZES = """
- **Quote the mean or the median with its interval**, and the number of particles. The interval holds the error of
  counting a finite number; the error of the scale comes on top and is the same for all particles.
- Particles that the frame cuts are left out. Large ones are cut more often, so each of the others counts by the
  inverse of its chance to lie wholly inside; switch that off to see how little or much it matters.
- **Normal or log-normal?** Grown particles are often log-normal: a longer tail to large sizes.
- **Weighting** says what each particle counts for: once, or its diameter, area or volume. A catalyst's activity goes
  with the mean by area, D[3,2]; a dose by mass with that by volume, D[4,3]. Both rest on the few largest particles:
  they need many more of them, and assume that all have the same shape, as a picture says nothing about height.
- **Families** are only claimed where the sizes show them. *Not resolved* means that one family describes them as
  well.
- Diameter and radius are never mixed: the choice at the left holds for every number and figure of the page.
"""

EXPORT = """
- **Keep the file analysis.toml with your figures.** It holds parameters, scale, corrections, the id of the image and
  all versions. Loaded here (*Recipe*, at the left), or given to `python -m nanotem analyse IMAGE --recipe FILE`, it
  gives the same numbers again. On another image its parameters are taken, its scale and corrections are not.
- *Figures for a paper* come in the width of one or two columns: PDF for LaTeX, SVG for a drawing program, PNG for a
  word processor.
- *Statistics elsewhere*: particles.csv; dictionary.csv says what each column means. Diameters are area-equivalent.
- *Check or correct in ImageJ*: open the image, then rois.zip in the ROI manager; bring the regions back below.
- *Train a network*: labels.tif or coco.json.
- Labels from elsewhere take the place of all particles. Touching ones stay apart, and undo brings the others back.
"""

BATCH = """
- **Settle the recipe on one typical image first**, then add the others here: all are analysed alike.
- **Look at the flagged images first.** A flag is a reason to look, not a fault: an image may be odd because the
  sample is.
- *Scale missing*: its sizes are in pixels. Type the scale for all images that bring none, or open the image and
  settle it there.
- **Edges are judged once for a sample**: up to five of its images are analysed first and settle the profile, then all
  are measured with it. Images without a sample are each judged by themselves.
- *Count odd*, *size odd*: far from the other images of the same sample; give each sample its name.
- *Tell shapes in batches too* gives every particle its classes, and every sample the **shares of its population**, with
  intervals that allow for what the networks mistake; those of two or three images are wide. In simulations of
  two to twelve images they held the truth in 93 to 99 %, where all show a single class in 75 to 100 %: take the ends
  as rough. A class that no image shows may still be there.
- *Look for fringes in batches too* says of every sample and image what share of the particles that could show a lattice
  **shows fringes**, and at what spacing. No fringes are no proof of an amorphous particle: it may be tilted.
- **Open** an image to correct it on the pages Image and Segmentation, then come back here and take it back.
- For many images or a cluster use `python -m nanotem batch`: it makes the same study, and its ZIP opens here.
"""

CLASSIFICATION = """
- **Outline** is what the contour shows; two ways decide, a network and plain geometry, and both are shown. The network
  looks where the contrast falls to half, so a mask that is a pixel too large hardly matters. **Solid** is the body that
  grey levels and outline together point to. Different solids can look the same from one side: a hexagonal outline may
  be an icosahedron, a cuboctahedron or an octahedron. Then several are *plausible*.
- **Look at the gallery, the least sure first**, before you quote a share. Each colour should be one kind of particle.
- Where one projection does not tell the solid, the answer is a **group**: *nearly round*, *hexagonal*, *square* or
  *triangular*.
- *Unknown* is an answer. It says why: cut by the frame, too few pixels, not sure enough, an outline that this solid
  does not show, or unlike all that the network was trained on. Raise the least probability for fewer but surer answers.
- Particles below about 20 px across show too little of their faces; trust their outline at most.
- **Name what is wrong by hand.** It is kept with the corrections, undone on the page Segmentation like any other, and
  teaches the next model.
- The *feature map* places like beside like. PCA shows the largest differences, whatever they are; LDA looks for what
  separates the classes, and finds a little even where there is nothing.
- **Quote the shares of the population**, not those of single answers: they allow for what is taken for what, as it was
  counted on published micrographs that the networks had not seen, and their intervals hold the number of particles and
  how much micrographs differ. A class that no micrograph there showed is corrected by drawn particles alone.
- **The particles of an image are mostly alike**, and this is allowed for: a round outline among hexagons is likely a
  hexagon with worn corners; and where most that are called spheres are longer than spheres are, none is accepted as
  one. A few particles of another kind are then told a little less well than by themselves: look through the gallery.
- Ellipsoids that are hardly longer than wide are taken for spheres, worn icosahedra too: look at the outlines.
"""

LATTICES = """
- Every particle's spectrum is searched for **spots**: a pair for each set of planes whose fringes the particle shows. A
  spot counts when its amplitude is five times that of the noise beside it, around it and along its ray. On drawn
  particles without fringes (amorphous support, noise, JPEG blocks, lines of a scan, enlarged pictures) none was found
  on 800, on published pictures without resolved lattices on 2 of 1000 particles. If a picture was enlarged,
  nothing finer than 2.5 of its pixels before that is called a lattice; a coarse JPEG file can hide an enlargement: **do
  not trust a spacing that you do not see** in a picture from a paper. Of the strongest
  spacings 99 of 100 were within 0.5 %, with an amplitude of eight times the noise all.
- **No lattice is an answer, and it says why**: no fringes, too few periods in the particle, planes too fine for the
  pixels, or a pattern that is outside the particles too or lies on the picture's own grid.
- Spots that are sums, differences or multiples of two belong to **one lattice**; {222} is not a spacing of its own.
  **More than one lattice** means twins, grains or an overlap. A twin of which only the shared planes show looks like
  one crystal.
- **Crystals are compared by spacings and angles** within the uncertainty of the scale, and all that fit are named. One
  set of planes fits many; gold and silver differ by 0.2 %, which no micrograph tells. Name the metal on the left if you
  know it: what fits none of its crystals is then said to fit none.
- **If a known metal does not fit, suspect the scale.** *Known crystal* says what scale its lattice asks for, and
  whether that agrees with the file or the bar.
- Spacings of small particles can be a per cent off those of the bulk, and drift of a scan changes them with their
  direction; both are allowed for when crystals are compared, and not in the uncertainty of a spacing.
"""

TRAINING = """
1. **Collect pictures.** Name particles by hand above and take *Labelled crops*: a ZIP with one folder per class,
   one PNG per particle, its mask as opacity. Unpack several of them into one folder. Other pictures work too, if they
   show one particle apart from the border; folders must be named like the classes of the model.
2. **How many?** Fifty per class help; name the errors first. Keep some images out of it to check the result with.
3. **Fine-tune** the model that comes along, or train anew; drawn particles are added in equal share, so that nothing is
   forgotten. A training that is stopped goes on where it was when the same line is given again.

```
python -m nanotem train solid --out runs/mine --own pictures/ --start-from nanotem/models
python -m nanotem train outline --out runs/outline --own outlines/
```

4. **Use it.** The folder then holds `solid.keras`, `solid.json` and `solid.npz`, which belong together: copy all three
   to `nanotem/models` and start the app again. A card whose hash does not fit its weights is refused.
5. **Check** it on images that were kept out, not on its card alone: the card tells of drawn particles.
"""

EXPLANATION = """
- **Choose a particle** on the image or in the gallery; *least sure first* shows the doubtful ones.
- *Why* explains the score of one class. *And not* explains what sets it apart from another: ask it of the two most
  probable classes.
- **Never believe one map alone.** Methods ask different questions: where several agree, there is something.
- *Red speaks for, blue against*; maps without a sign only show strength. Colours end at the strongest 0.5 %.
- **Outer edge or inner facets?** Hold the share inside, on the border and outside against that of the area.
- *How far can each map be believed?* A map with a small deletion area and a large insertion area names pixels that
  the network needs. One that looks alike without knowledge (shuffled weights) draws the picture, not the reason.
- "Removed" means made background: no particle is there. Covers with straight edges are outlines of their own, which
  a network of outlines may take for corners.
- A map says what the network looks at, not what is true of the particle. It is of the particle as it lies; the class
  is the mean answer to eight views.
"""

FILM = """
- **Open a stack, a video or numbered pictures**, say how much time lies between frames, and run. Frames are read one by
  one; a run that was stopped goes on where it was.
- **Settled once for the film**: polarity, scale, what is written over the frames, and the class of the edges, from
  frames all over it. In every frame: threshold, particles and outlines. *Automatic* takes seconds for a frame, so that
  the neck ratio takes its place; analyse a single frame on the other pages to see how far they agree.
- **Look at the player first.** A particle keeps its colour. Where colours change without reason, tracks are cut or
  exchanged: set the farthest step yourself.
- *Merges* is said where two particles in contact become one that has what both had; *appears* and *disappears* inside
  the picture, *enters* and *leaves* at its edge.
- **Mend tracks by hand**: click a particle, go to the frame with the slider, and cut its track there, or let it go on
  as a later one. Undo and redo go back and forth; corrections stay with the film, also after a reload of the page.
- **Growth law**: where small particles shrink while large ones grow, the exponent comes from how fast each does, by its
  size; some dozens that ripen tell r² from r³. Else it comes from the mean, which has to grow much to tell; the page
  says how much.
- **Intervals** hold that the same particles are seen in all frames, and that focus and brightness move all of them at
  once. *Not decided* is an answer: the film is too short, or the particles too few.
- Sizes of particles that move are blurred by the exposure, and a film in one focus shows each particle differently:
  trends of less than a percent deserve doubt. The interval of the trend holds the 0.15 px by which sizes of particles
  that stay as they are can drift over a film.
"""
