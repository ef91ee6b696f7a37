"""The user guide, one part per page, shown where the questions arise."""

IMAGE = """
1. **Upload a micrograph**, or take an example. Files are recognised by their content, whatever their name.
2. **Settle the scale.** A microscope's own file brings it along. In a PNG or JPEG it is in the scale bar, which is
   found and read: check that the frames are on the bar and its label, and that the number is right. If not, draw a
   rectangle round the bar and its label, or type the number. A doubtful reading is never used unasked.
3. **Go on to the sizes.** The defaults suit most images. The two pages between show what was done, and let you mend
   it.

A wrong scale makes every size wrong in the same way. The uncertainty given here is that of the two ends of the bar;
the calibration of the microscope itself is often only good to a few per cent.
"""

PREPROCESS = """
- **Look at picture 6.** White should be particles, all of them, and nothing else. Touching particles may still be
  one piece.
- *Faint particles are missing*: lower the share of Otsu's level, or the faintest particle.
- *Noise or texture is white*: raise them, blur more, or open once more.
- *One side of the image is all white*: make the background scale smaller, or use a local threshold.
- *Everything is inverted*: say yourself whether particles are dark or bright.
- Contrast and sharpening are there for images that need them; Otsu's threshold is not helped by contrast alone.
"""

SEGMENTATION = """
- **Each colour should be one particle.** Neighbours never share a colour.
- *Touching particles are one*: raise the neck ratio, or lower the grey valley for particles that lie side by side.
- *One particle is cut*: lower the neck ratio; for textured particles raise the grey valley.
- *Specks are counted*: raise the smallest diameter.
- The other methods are the classical ones: local maxima need a distance that fits the size; the sure foreground
  needs particles of one size; its normalised form copes with several sizes, as long as big and small do not touch.
"""

SIZES = """
- **Quote the mean or the median with its interval**, and the number of particles. The interval holds the error of
  counting a finite number; the error of the scale comes on top and is the same for all particles.
- Particles that the frame cuts are left out. Large ones are cut more often, so each of the others counts by the
  inverse of its chance to lie wholly inside; switch that off to see how little or much it matters.
- **Normal or log-normal?** Grown particles are often log-normal: a longer tail to large sizes.
- **Families** are only claimed where the sizes show them. *Not resolved* means that one family describes them as
  well.
- Diameter and radius are never mixed: the choice at the left holds for every number and figure of the page.
"""
