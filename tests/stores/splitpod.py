#!/usr/bin/env python3
"""splitpod.py - move the images of a store made by tinypod.py to another

usage: splitpod.py STORE OTHER

STORE keeps its containers with their own layers; OTHER gets the image and its
layers, as an additional image store has them (containers-storage.conf(5),
additionalimagestores, imagestore). The "lower" of a container still says
l/SHORT, which only OTHER has then.
"""
import json
import os
import sys

top, other = sys.argv[1:]
lists = top + "/overlay-layers/layers.json"
layers = json.load(open(lists))
images = json.load(open(top + "/overlay-images/images.json"))
ours = {i["layer"] for i in images}
while True:
    more = ours | {x["parent"] for x in layers if x["id"] in ours
                   and "parent" in x}
    if more == ours:
        break
    ours = more
for d in ("overlay-layers", "overlay/l"):
    os.makedirs(other + "/" + d)
os.makedirs(top + "/none", exist_ok=True)
os.rename(top + "/overlay-images", other + "/overlay-images")
os.rename(top + "/none", top + "/overlay-images")
with open(other + "/overlay-layers/layers.json", "w") as f:
    json.dump([x for x in layers if x["id"] in ours], f, separators=(",", ":"))
with open(lists, "w") as f:
    json.dump([x for x in layers if x["id"] not in ours], f,
              separators=(",", ":"))
for x in ours:
    os.rename("%s/overlay/%s" % (top, x), "%s/overlay/%s" % (other, x))
for s in os.listdir(top + "/overlay/l"):
    p = top + "/overlay/l/" + s
    if os.readlink(p).split("/")[1] in ours:
        os.rename(p, other + "/overlay/l/" + s)
