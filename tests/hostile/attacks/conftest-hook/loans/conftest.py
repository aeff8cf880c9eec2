import pathlib

pathlib.Path("@CANARY@/imported").touch()
