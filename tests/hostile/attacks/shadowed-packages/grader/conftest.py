import pathlib

pathlib.Path("@CANARY@/imported").touch()
raise RuntimeError("BROKE-OUT: a package is shadowed")
