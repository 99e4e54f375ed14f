package caption

import (
	"strings"
	"unicode"
)

// functionWords are the short words that hold a language together: a text of some length has many of them, and each
// language its own.
func functionWords() map[string]string {
	return map[string]string{
		"en": "the and of to in is that you it for are with this have not on be as was they we can from your what will or an there if how which their more do has by at",
		"de": "der die das und ist nicht sie ein eine ich wir es den mit sich auf für im zu auch dass werden wird sind von dem als an bei oder aus nach wie haben kann können noch nur aber wenn dann hier über durch",
		"it": "il di che non la è un per una sono gli con della del le si come anche nel ma questo questa più o da alla dei delle ha ci hanno essere lo quando dove ogni i",
		"fr": "le la les des et est une pour dans que qui vous ne pas sur avec ce il elle nous sont du au par plus ou mais cette votre aux ces être on comme peut leur tout",
		"es": "el la los las de que y en es un una por con para no se del al lo como más pero su sus este esta son está o ha cuando muy hay también puede todo nos",
		"pt": "o os as do da que e em é um uma para com não se no na dos das por mais como mas ao foi ele são você isso este esta pode também já ou seu sua quando",
		"sv": "och att det som en på är av för med den till inte har om ett du jag vi man kan ska från de eller så när här ni vad efter också än finns sig",
		"fi": "ja on ei se että hän oli ne ovat mutta myös kun niin tai joka voi olla sen tämä mitä kuin nyt jos sitä sinun siitä voit kanssa ole tässä ovat hyvin jotka",
		"pl": "i w nie na się z do że jest to jak o co ale po za od tak czy lub dla przez być może są oraz ten tym jego jej które który gdy tylko już możesz",
	}
}

const leastWords = 40 // in a text whose language can be told

func base(tag string) string {
	b, _, _ := strings.Cut(strings.ToLower(tag), "-")
	return b
}

// guess returns the language in which cues seem to be written, of those that the pages speak; empty when it is not
// clear.
func guess(cues []Cue) string {
	words, n := map[string]int{}, 0
	for _, c := range cues {
		for w := range strings.FieldsFuncSeq(strings.ToLower(c.Plain()), func(r rune) bool { return !unicode.IsLetter(r) }) {
			words[w]++
			n++
		}
		if n > 5000 {
			break
		}
	}
	if n < leastWords {
		return ""
	}
	best, lang, second := 0, "", 0
	for l, list := range functionWords() {
		score := 0
		for w := range strings.FieldsSeq(list) {
			score += words[w]
		}
		switch {
		case score > best:
			best, lang, second = score, l, best
		case score > second:
			second = score
		}
	}
	if best*100 < n*12 || best*10 < second*14 {
		return ""
	}
	return lang
}
