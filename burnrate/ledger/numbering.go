package ledger

import (
	"cmp"
	"context"
	"slices"

	"github.com/slojourn/slojourn/slo"
)

// numbering is the numbers of the indicators of a batch.
type numbering struct {
	indicators []slo.IndicatorID
	numbers    []number
	order      []int // of indicators, by their numbers
}

// mostNumberings is how many are remembered: ticks come with the same few
// batches each minute, and to look up 10,000 texts takes as long as to write
// their minute.
const mostNumberings = 8

// numbers returns those of a batch's indicators, which may be new ones.
func (w *writer) numbers(ctx context.Context, indicators []slo.IndicatorID) (numbering, error) {
	for i, n := range w.index.numberings {
		if slices.Equal(n.indicators, indicators) {
			if i > 0 {
				others := slices.Delete(slices.Clone(w.index.numberings), i, i+1)
				w.index.numberings = slices.Insert(others, 0, n)
			}
			return n, nil
		}
	}
	n := numbering{slices.Clone(indicators), make([]number, len(indicators)), make([]int, len(indicators))}
	for i, id := range indicators {
		var err error
		if n.numbers[i], err = w.number(ctx, id); err != nil {
			return numbering{}, err
		}
		n.order[i] = i
	}
	slices.SortStableFunc(n.order, func(i, j int) int { return cmp.Compare(n.numbers[i], n.numbers[j]) })
	others := w.index.numberings[:min(len(w.index.numberings), mostNumberings-1)]
	w.index.numberings = append([]numbering{n}, others...)
	return n, nil
}
