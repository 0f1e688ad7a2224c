"""The numerics behind the views: arrays (and a decode function) in, arrays out.

projection      codes -> a flat map, and back
interpolation   paths between two codes
pictures        samples -> 8-bit RGB
painting        strokes of a brush on a sample, and back
palette         colours for classes
density         very many points as one picture
curves          smoothing, and decimation that keeps spikes
image_quality   PSNR and SSIM
pca             the linear yardstick
disentanglement how far numbers of a code stand for known factors
probes          what simple classifiers find in codes
posterior       what clouds of codes carry, and whether they have collapsed
likelihood      how probable samples are, by importance weighting
activations     what each unit of a code does, and what it draws
jacobian        how an encoder stretches the surroundings of a sample
doctor          what is wrong with a run, and what to try
"""
