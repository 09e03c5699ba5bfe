package montecarlo

import (
	"fmt"
	"math"
)

// Option is the right to buy a stock at a fixed price on a fixed day: a
// European call.
type Option struct {
	Spot       float64 // the stock's price today
	Strike     float64 // the price at which it may be bought
	Rate       float64 // of interest a year, 0.05 for 5%
	Volatility float64 // of the stock a year, 0.2 for 20%
	Years      float64 // until the day
}

// Payoff is what the draws of a block, or of many, have paid.
type Payoff struct {
	Draws   int
	Sum     float64 // of the payoffs, worth today
	Squares float64 // sum of their squares
}

// Price estimates the option's price, serially, from draws possible futures
// of the stock, as Black, Scholes and Merton (1973) have it move. It panics
// if draws is below 1, or the option's spot, strike, volatility or years are
// not positive and finite.
func (o Option) Price(seed uint64, draws int) (price, standardError float64) {
	mustDraw("Option.Price", draws)
	return PriceOf(each(Blocks(seed, draws), o.Payoff))
}

// Payoff draws the block's futures.
func (o Option) Payoff(b Block) Payoff {
	o.mustBeProper("Option.Payoff")
	r := b.Rand()
	drift := (o.Rate - o.Volatility*o.Volatility/2) * o.Years
	spread := o.Volatility * math.Sqrt(o.Years)
	discount := math.Exp(-o.Rate * o.Years)
	total := Payoff{Draws: b.Draws}
	for range b.Draws {
		stock := o.Spot * math.Exp(drift+float64(spread*r.NormFloat64()))
		paid := discount * max(0, stock-o.Strike)
		total.Sum += paid
		total.Squares += float64(paid * paid)
	}
	return total
}

// PriceOf returns the price, and its standard error, from what the blocks
// have paid, which must be in the order of the blocks. Ninety-five times in
// a hundred the true price is at most 1.96 standard errors away. It panics
// if there are no draws.
func PriceOf(payoffs []Payoff) (price, standardError float64) {
	var all Payoff
	for _, p := range payoffs {
		all.Draws += p.Draws
		all.Sum += p.Sum
		all.Squares += p.Squares
	}
	mustDraw("PriceOf", all.Draws)
	n := float64(all.Draws)
	price = all.Sum / n
	variance := max(0, all.Squares/n-float64(price*price))
	return price, math.Sqrt(variance / n)
}

// Exact returns the price that the estimates come near to: the formula of
// Black and Scholes (1973). It panics as Price does.
func (o Option) Exact() float64 {
	o.mustBeProper("Option.Exact")
	spread := o.Volatility * math.Sqrt(o.Years)
	d := (math.Log(o.Spot/o.Strike) + (o.Rate+o.Volatility*o.Volatility/2)*o.Years) / spread
	return o.Spot*normal(d) - o.Strike*math.Exp(-o.Rate*o.Years)*normal(d-spread)
}

// normal is the chance that a standard normal draw is below x.
func normal(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }

func (o Option) mustBeProper(operation string) {
	for name, v := range map[string]float64{"spot": o.Spot, "strike": o.Strike, "volatility": o.Volatility, "years": o.Years} {
		if !(v > 0) || math.IsInf(v, 0) {
			panic(fmt.Sprintf("montecarlo: %s: the option's %s must be positive and finite, got %v", operation, name, v))
		}
	}
	if math.IsNaN(o.Rate) || math.IsInf(o.Rate, 0) {
		panic(fmt.Sprintf("montecarlo: %s: the option's rate must be finite, got %v", operation, o.Rate))
	}
}
