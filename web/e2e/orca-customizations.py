"""Given to Orca as its settings: a voice without sound. What Orca wants said is a line of JSON in the file that PALESTRA_SPOKEN
names, with its moment, its language, and, as a line of its own, each time Orca falls silent because something else has come."""
import json
import os
import time

from gi.repository import GLib
from orca import settings, speechserver

_file = open(os.environ["PALESTRA_SPOKEN"], "a", buffering=1, encoding="utf-8")
_pace = float(os.environ.get("PALESTRA_PACE", "40"))  # letters in a second; people who listen all day hear 30 and more


def _write(**what):
    print(json.dumps({"at": time.time(), **what}, ensure_ascii=False), file=_file)


def _language(acss):
    family = (acss or {}).get("family") or {}
    return "-".join(part for part in (family.get("lang"), family.get("dialect")) if part)


class SpeechServer(speechserver.SpeechServer):
    """As the one for speech-dispatcher: what is said waits for what was said before, until everything is stopped."""

    _only = None

    @staticmethod
    def getFactoryName():
        return "Written"

    @staticmethod
    def getSpeechServers():
        return [SpeechServer.getSpeechServer()]

    @staticmethod
    def getSpeechServer(info=None):
        if SpeechServer._only is None:
            SpeechServer._only = SpeechServer()
        return SpeechServer._only

    @staticmethod
    def shutdownActiveServers():
        SpeechServer._only = None

    def __init__(self):
        super().__init__()
        self._reading = None
        self._timer = 0

    def getInfo(self):
        return ["Written", "written"]

    def getVoiceFamilies(self):
        return []

    def speak(self, text=None, acss=None, interrupt=True):
        if text and isinstance(text, str):
            _write(say=text.replace("\u00a0", " "), lang=_language(acss))

    def speakCharacter(self, character, acss=None):
        self.speak(character, acss)

    def speakKeyEvent(self, event, acss=None):
        pass  # the echo of a key is not what the page says

    def sayAll(self, utterances, progress):
        self._reading = (iter(utterances), progress)
        GLib.idle_add(self._read)

    def _read(self):
        self._timer = 0
        if self._reading is None:
            return False
        utterances, progress = self._reading
        try:
            context, acss = next(utterances)
        except StopIteration:
            self._reading = None
            return False
        context.currentOffset = context.startOffset
        progress(context.copy(), speechserver.SayAllContext.PROGRESS)
        self.speak(context.utterance, acss)

        def said():
            context.currentOffset = context.endOffset
            progress(context.copy(), speechserver.SayAllContext.COMPLETED)
            return self._read()

        self._timer = GLib.timeout_add(int(1000 * len(context.utterance) / _pace) + 20, said)
        self._context = context
        return False

    def stop(self):
        _write(stop=True)
        if self._reading is not None:
            _, progress = self._reading
            self._reading = None
            if self._timer:
                GLib.source_remove(self._timer)
                self._timer = 0
                progress(self._context.copy(), speechserver.SayAllContext.INTERRUPTED)


settings.speechServerFactory = "orca-customizations"
settings.speechFactoryModules = ["orca-customizations"]
settings.enableBraille = False
settings.enableSound = False
settings.enableKeyEcho = False
